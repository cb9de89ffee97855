/**
 * The fault rig: a cluster of real processes, each in a network namespace of its own, that is hurt
 * by a seed while clients and workers write down what they were told; then {@link io.reeve.check}
 * judges. It knows the program by its command line, its journal and its client only.
 *
 * <p>Start reading at {@link io.reeve.rig.FaultRigTest}, which tells each fault; {@link
 * io.reeve.rig.NetworkLab} and {@link io.reeve.rig.RigCluster} make the ground, {@link
 * io.reeve.rig.RigRun} follows what happens and judges.
 */
@NullMarked
package io.reeve.rig;

import org.jspecify.annotations.NullMarked;

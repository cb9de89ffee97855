/** What the log configuration of a node names. */
@NullMarked
package io.reeve.node.log;

import org.jspecify.annotations.NullMarked;

/** How nodes find each other and become one cluster. */
@NullMarked
package io.reeve.node.cluster;

import org.jspecify.annotations.NullMarked;

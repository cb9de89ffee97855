/** Tests of a whole node, with its actors or with others in their place. */
@NullMarked
package io.reeve.node;

import org.jspecify.annotations.NullMarked;

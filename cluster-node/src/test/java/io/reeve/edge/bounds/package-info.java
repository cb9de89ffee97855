@NullMarked
package io.reeve.edge.bounds;

import org.jspecify.annotations.NullMarked;

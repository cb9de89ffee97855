@NullMarked
package io.reeve.edge.calls;

import org.jspecify.annotations.NullMarked;

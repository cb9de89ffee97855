/**
 * Tables of primitives: sets, maps and heaps without an object per entry, for the places that hold
 * an entry per task or per lease.
 *
 * <p>Knows nothing but the JDK. Start reading at {@code LongMap}.
 */
@NullMarked
package io.reeve.domain.table;

import org.jspecify.annotations.NullMarked;

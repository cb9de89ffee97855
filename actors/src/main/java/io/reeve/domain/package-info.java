/**
 * Values that all rules share. The rules themselves are in the packages below.
 *
 * <p>Knows nothing but the JDK. Start reading at {@link io.reeve.domain.TimeBounds}.
 */
@NullMarked
package io.reeve.domain;

import org.jspecify.annotations.NullMarked;

/**
 * The rules of the house as tests: which package may know of which, and what a tidy tree looks
 * like.
 *
 * <p>Knows the code as byte code and files only. Start reading at {@code LayeringTest}.
 */
@NullMarked
package io.reeve.house;

import org.jspecify.annotations.NullMarked;

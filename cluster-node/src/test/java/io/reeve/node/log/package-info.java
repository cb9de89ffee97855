@NullMarked
package io.reeve.node.log;

import org.jspecify.annotations.NullMarked;

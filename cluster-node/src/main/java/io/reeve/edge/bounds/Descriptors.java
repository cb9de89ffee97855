package io.reeve.edge.bounds;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** The file descriptors of a process: how many it may have, and how many it has. */
public interface Descriptors {

  /** How many more the process may open; a very large number where nobody can tell. */
  long left();

  /** Those of this process. */
  static Descriptors ofThisProcess() {
    return new Descriptors() {
      private final @Nullable UnixOperatingSystemMXBean bean =
          ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
              ? unix
              : null;

      @Override
      public long left() {
        return bean == null
            ? Long.MAX_VALUE
            : bean.getMaxFileDescriptorCount() - bean.getOpenFileDescriptorCount();
      }
    };
  }
}

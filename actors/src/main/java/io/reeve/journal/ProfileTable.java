package io.reeve.journal;

import io.reeve.domain.task.TaskProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers the different profiles of one row or snapshot, from 0, in the order they appear. */
final class ProfileTable {

  private final Map<TaskProfile, Integer> indexes = new HashMap<>();
  private final List<TaskProfile> profiles = new ArrayList<>();
  private @Nullable TaskProfile last;
  private int lastIndex;

  /**
   * The profile's number. Asking for the same object again, the usual case, costs next to nothing.
   */
  int indexOf(TaskProfile profile) {
    if (!profile.equals(last)) {
      var known = indexes.putIfAbsent(profile, profiles.size());
      if (known == null) {
        lastIndex = profiles.size();
        profiles.add(profile);
      } else {
        lastIndex = known;
      }
      last = profile;
    }
    return lastIndex;
  }

  List<TaskProfile> profiles() {
    return profiles;
  }
}

package io.reeve.house;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import java.util.function.Predicate;

/**
 * What a line of code calls or refers to: a method, a constructor ({@code <init>}) or a field.
 *
 * @param owner full name of the class it is called on
 * @param arguments how many it takes; 0 for a field
 */
record Target(String owner, String name, int arguments) {

  /** Both names as whole matches of the regular expressions. */
  boolean is(String owners, String names) {
    return owner.matches(owners) && name.matches(names);
  }

  boolean isWithoutArguments(String owners, String names) {
    return arguments == 0 && is(owners, names);
  }

  /** Calls, method references and constructors alike. */
  static DescribedPredicate<JavaAccess<?>> thatDoes(String what, Predicate<Target> rule) {
    return DescribedPredicate.describe(what, access -> rule.test(of(access)));
  }

  private static Target of(JavaAccess<?> access) {
    var target = access.getTarget();
    var arguments =
        target instanceof CodeUnitAccessTarget code ? code.getRawParameterTypes().size() : 0;
    return new Target(access.getTargetOwner().getName(), target.getName(), arguments);
  }
}

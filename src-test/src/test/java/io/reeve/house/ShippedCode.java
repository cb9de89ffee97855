package io.reeve.house;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.regex.Pattern;

/**
 * All classes of ours that are shipped, imported once. Generated ones are left out: they are known
 * by name, from those that use them.
 */
final class ShippedCode {

  private static final Pattern GENERATED =
      Pattern.compile("/io/reeve/(v1|edge/v1|journal/v1|wire/v1|grpc)/");

  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !GENERATED.matcher(location.asURI().toString()).find())
          .importPackages("io.reeve");

  private ShippedCode() {}

  static DescribedPredicate<JavaClass> in(String... packages) {
    return JavaClass.Predicates.resideInAnyPackage(packages);
  }

  /** The class that stands in the file, for a class nested at any depth. */
  static JavaClass topLevel(JavaClass type) {
    return type.getEnclosingClass().map(ShippedCode::topLevel).orElse(type);
  }
}

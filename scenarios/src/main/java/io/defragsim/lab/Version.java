package io.defragsim.lab;

import org.jspecify.annotations.Nullable;

/** The version of this program, from its jar. */
final class Version {
  private Version() {}

  static String current() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}

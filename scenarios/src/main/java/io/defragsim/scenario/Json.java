package io.defragsim.scenario;

import java.util.List;

/** A JSON value that knows where it stands in its file. */
sealed interface Json {

  Location at();

  /** What it is, with its article, for messages. */
  String kind();

  /**
   * A place in a file.
   *
   * @param line from 1
   * @param column from 1, in characters
   * @param pointer JSON pointer (RFC 6901), empty for the whole file
   */
  record Location(int line, int column, String pointer) {
    Location to(int memberLine, int memberColumn, String token) {
      String escaped = token.replace("~", "~0").replace("/", "~1");
      return new Location(memberLine, memberColumn, pointer + "/" + escaped);
    }
  }

  /** An object, its members in the order of the file, each key once. */
  record Obj(Location at, List<Member> members) implements Json {
    @Override
    public String kind() {
      return "an object";
    }
  }

  /** A key with its own place, and the value. */
  record Member(String key, Location keyAt, Json value) {}

  /** An array. */
  record Array(Location at, List<Json> elements) implements Json {
    @Override
    public String kind() {
      return "an array";
    }
  }

  /** A string. */
  record Text(Location at, String value) implements Json {
    @Override
    public String kind() {
      return "a string";
    }
  }

  /** A number as it is written. */
  record Numeral(Location at, String written) implements Json {
    @Override
    public String kind() {
      return "a number";
    }
  }

  /** True or false. */
  record Flag(Location at, boolean value) implements Json {
    @Override
    public String kind() {
      return value ? "true" : "false";
    }
  }

  /** Null. */
  record Nothing(Location at) implements Json {
    @Override
    public String kind() {
      return "null";
    }
  }
}

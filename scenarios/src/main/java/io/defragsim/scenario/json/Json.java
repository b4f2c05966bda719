package io.defragsim.scenario.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON value that knows where it stands in its file. */
public sealed interface Json {

  Location at();

  /** What it is, with its article, for messages. */
  String kind();

  /**
   * A place in a file. A large file has millions, so the pointer is made when it is asked for.
   *
   * @param line from 1
   * @param column from 1, in characters
   * @param parent the object or array that it is in; null for the whole file
   * @param key in an object; null in an array
   * @param index in an array
   */
  record Location(
      int line, int column, @Nullable Location parent, @Nullable String key, int index) {

    /** The place of a whole file. */
    public static final Location START = new Location(1, 1, null, null, 0);

    /** Of a member of the object here. */
    Location to(int memberLine, int memberColumn, String member) {
      return new Location(memberLine, memberColumn, this, member, 0);
    }

    /** JSON pointer (RFC 6901), empty for the whole file. */
    String pointer() {
      if (parent == null) {
        return "";
      }
      String token =
          key == null ? Integer.toString(index) : key.replace("~", "~0").replace("/", "~1");
      return parent.pointer() + "/" + token;
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

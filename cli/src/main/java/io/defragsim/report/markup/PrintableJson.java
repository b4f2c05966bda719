package io.defragsim.report.markup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import io.defragsim.words.Printable;
import java.io.IOException;

/** JSON whose strings and keys are printable, escaped or not. */
public final class PrintableJson {

  private PrintableJson() {}

  /** Of generators that write such JSON. */
  public static JsonFactory factory() {
    return JsonFactory.builder().addDecorator((factory, json) -> new Generator(json)).build();
  }

  private static final class Generator extends JsonGeneratorDelegate {
    Generator(JsonGenerator json) {
      super(json, false);
    }

    @Override
    public void writeString(String text) throws IOException {
      super.writeString(Printable.of(text));
    }

    @Override
    public void writeFieldName(String name) throws IOException {
      super.writeFieldName(Printable.of(name));
    }
  }
}

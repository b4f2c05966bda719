package io.defragsim.emulator.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What is read, and what is refused before it is. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class InputKindTest {

  @TempDir Path folder;

  @Test
  void a_file_is_read_whole_and_through_a_link() throws IOException {
    byte[] bytes = {1, 2, 3};
    Path file = Files.write(folder.resolve("file"), bytes);
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    assertThat(InputKind.IMAGE.read(file)).isEqualTo(bytes);
    assertThat(InputKind.IMAGE.read(link)).isEqualTo(bytes);
  }

  @Test
  void what_is_not_there_is_told_from_what_cannot_be_read() throws IOException {
    Path circle = folder.resolve("circle");
    Files.createSymbolicLink(circle, circle);
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> InputKind.SCENARIO.read(folder.resolve("none")))
        .hasMessage("no such file")
        .matches(e -> ((UnreadableFileException) e).absent());
    assertThatThrownBy(() -> InputKind.SCENARIO.read(circle))
        .hasMessage("cannot be read: its links lead in a circle")
        .matches(e -> !((UnreadableFileException) e).absent());
    assertThatThrownBy(() -> InputKind.SCENARIO.read(file.resolve("below").resolve("it")))
        .hasMessage("cannot be read: a part of its path is no directory");
    assertThatThrownBy(() -> InputKind.SCENARIO.read(file.resolve("below")))
        .hasMessage("cannot be read: a part of its path is no directory");
    assertThatThrownBy(() -> InputKind.SCENARIO.read(folder.resolve("x".repeat(300))))
        .hasMessage("cannot be read: its name is too long");
  }

  @ParameterizedTest
  @EnumSource
  void a_folder_is_no_file(InputKind kind) {
    assertThatThrownBy(() -> kind.read(folder))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageStartingWith("is a directory, not a");
  }

  @ParameterizedTest
  @EnumSource
  void what_may_never_end_is_refused_unread(InputKind kind) throws IOException {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> kind.read(socket))
          .hasMessageStartingWith("is a device, a pipe or a socket;");
    }
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero), "skipped: no /dev/zero here");
    assertThatThrownBy(() -> kind.read(zero))
        .hasMessageStartingWith("is a device, a pipe or a socket;");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TRACE")
  void a_file_beyond_the_most_of_its_kind_is_refused_unread(InputKind kind) throws IOException {
    Path sparse = folder.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(8L << 30);
    }

    assertThatThrownBy(() -> kind.read(sparse))
        .hasMessageStartingWith("has 8,589,934,592 bytes; a")
        .hasMessageEndingWith(" has at most " + (kind.mostBytes() >> 20) + " MiB");
  }

  @Test
  void a_trace_is_read_piece_by_piece_whatever_its_size() throws IOException {
    Path sparse = folder.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(8L << 30);
    }

    try (InputStream in = InputKind.TRACE.open(sparse)) {
      assertThat(in.readNBytes(3)).containsOnly(0).hasSize(3);
    }
    assertThatThrownBy(() -> InputKind.TRACE.open(folder))
        .hasMessage("is a directory, not a trace");
  }
}

package io.defragsim.lab.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * The certified pool against the least one, which a search over all heaps that a program can reach
 * has found for every contract that needs at most 9 granules: {@code make reachable} of {@code
 * allocator-firmware}.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CertifiedPoolTest {

  private static final Path LEAST_POOLS =
      Path.of(
          System.getProperty("defragsim.root", ".."),
          "allocator-firmware/test/reachable/minimum.txt");

  private static final Sizing SIZING = new Sizing(8, 4);

  /**
   * All contracts that need less than what is certified: L n s q k, whether blocks are resized, and
   * granules. In each of them requests have at least 3 bytes, and in all but one k is at least n -
   * 2.
   */
  private static final String EXCEPTIONS =
      """
      15 4 5 3 3 no: 8, certified 9
      15 4 5 3 3 fewer: 8, certified 9
      15 4 5 3 3 more: 9, certified 10
      15 5 5 3 3 no: 8, certified 9
      15 5 5 3 3 fewer: 8, certified 9
      15 5 5 3 3 more: 9, certified 10
      15 5 5 3 4 no: 8, certified 9
      15 5 5 3 4 fewer: 8, certified 9
      15 5 5 3 4 more: 9, certified 10
      15 4 13 3 3 no: 8, certified 9
      15 4 13 3 3 fewer: 8, certified 9
      15 4 13 3 3 more: 9, certified 10
      17 4 13 4 3 no: 8, certified 9
      17 4 13 4 3 fewer: 8, certified 9
      17 4 13 4 3 more: 9, certified 10
      15 5 13 3 3 no: 8, certified 9
      15 5 13 3 3 fewer: 8, certified 9
      15 5 13 3 3 more: 9, certified 10
      15 5 13 3 4 no: 8, certified 9
      15 5 13 3 4 fewer: 8, certified 9
      15 5 13 3 4 more: 9, certified 10
      10 2 5 5 1 no: 4, certified 5
      15 3 5 5 1 no: 6, certified 7
      15 3 5 5 2 no: 6, certified 8
      20 4 5 5 1 no: 8, certified 9
      20 4 5 5 2 no: 8, certified 10
      20 4 5 5 3 no: 8, certified 11
      13 2 13 5 1 no: 4, certified 5
      15 3 13 5 1 no: 6, certified 7
      15 3 13 5 2 no: 6, certified 8
      15 3 13 5 2 fewer: 7, certified 8
      15 3 13 5 2 more: 7, certified 8
      18 3 13 5 2 no: 7, certified 8
      20 4 13 5 2 no: 9, certified 10
      20 4 13 5 3 no: 9, certified 11
      21 2 21 9 0 more: 6, certified 7
      21 2 21 9 1 no: 4, certified 5
      21 2 21 9 1 more: 6, certified 7
      21 3 21 5 2 no: 7, certified 8
      21 4 21 5 2 no: 9, certified 10
      21 4 21 5 3 no: 9, certified 11
      26 2 13 13 1 no: 6, certified 8
      39 3 13 13 1 no: 9, certified 11
      39 3 13 13 2 no: 9, certified 13
      26 2 21 13 1 no: 6, certified 8
      26 2 21 13 1 fewer: 7, certified 8
      26 2 21 13 1 more: 7, certified 8
      29 2 29 13 0 more: 8, certified 9
      29 2 29 13 1 no: 6, certified 8
      29 2 29 13 1 more: 8, certified 9
      37 2 37 17 0 more: 9, certified 11
      37 2 37 17 1 no: 6, certified 8
      37 2 37 17 1 more: 9, certified 11
      42 2 21 21 1 no: 8, certified 11
      42 2 29 21 1 no: 8, certified 11
      42 2 29 21 1 fewer: 9, certified 11
      42 2 29 21 1 more: 9, certified 11
      42 2 37 21 1 no: 8, certified 11
      45 2 45 21 1 no: 8, certified 11
      53 2 53 25 1 no: 8, certified 11
      """;

  private static List<Small> all = List.of();

  /** A contract, and the granules that the search has found that it needs. */
  private record Small(String line, ProgramContract contract, boolean resizes, long needed) {

    static Small of(String line) {
      String[] words = line.strip().split(" +");
      ProgramContract contract =
          new ProgramContract(
              Long.parseLong(words[0]),
              Integer.parseInt(words[1]),
              Integer.parseInt(words[3]),
              Integer.parseInt(words[2]),
              Integer.parseInt(words[4]),
              words[5].equals("more"));
      String name = String.join(" ", List.of(words).subList(0, 6));
      return new Small(name, contract, !words[5].equals("no"), Long.parseLong(words[6]));
    }

    CertifiedPool certified() {
      return CertifiedPool.of(contract, SIZING, resizes);
    }

    boolean isExact() {
      return certified().granules() == needed;
    }
  }

  @BeforeAll
  static void read() throws IOException {
    all =
        Files.readAllLines(LEAST_POOLS).stream()
            .filter(line -> !line.startsWith("#"))
            .map(Small::of)
            .toList();
  }

  @Test
  void it_is_enough_for_every_small_contract() {
    assertThat(all).hasSize(2844);
    assertThat(all)
        .allSatisfy(
            small ->
                assertThat(small.certified().granules()).isGreaterThanOrEqualTo(small.needed()));
  }

  @Test
  void one_granule_less_is_not_but_for_the_contracts_that_are_listed() {
    assertThat(all.stream().filter(small -> !small.isExact()))
        .extracting(
            small ->
                small.line()
                    + ": "
                    + small.needed()
                    + ", certified "
                    + small.certified().granules())
        .containsExactlyElementsOf(EXCEPTIONS.lines().toList());
    assertThat(all.stream().filter(Small::isExact)).hasSize(2784);
  }

  @Test
  void one_granule_less_never_is_where_requests_may_be_as_small_as_a_byte_or_two() {
    assertThat(all.stream().filter(small -> small.contract().smallest() <= 2))
        .hasSizeGreaterThan(1000)
        .allMatch(Small::isExact);
  }

  @Test
  void one_granule_less_never_is_where_the_certificate_says_so() {
    assertThat(all.stream().filter(small -> small.certified().least()))
        .hasSizeGreaterThan(1800)
        .allMatch(Small::isExact);
  }

  /** Blocks of one size leave no holes of other sizes: the search finds 10 granules. */
  @Test
  void nothing_is_said_of_one_granule_less_where_all_blocks_have_one_size() {
    Small alike = Small.of("25 5 5 5 1 fewer 10");
    assertThat(alike.certified().granules()).isEqualTo(11);
    assertThat(alike.certified().least()).isFalse();
  }

  @Test
  void its_bytes_are_its_granules_and_one_more() {
    assertThat(all)
        .extracting(Small::certified)
        .allMatch(pool -> pool.bytes() == 8 * (pool.granules() + 1));
  }
}

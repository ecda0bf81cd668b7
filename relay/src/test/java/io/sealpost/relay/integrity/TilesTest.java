package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilesTest {
    @Test
    void paths_are_as_in_the_specification() {
        assertThat(new Tile.Hashes(0, 1_234_067, 256).path()).isEqualTo("tile/0/x001/x234/067");
        assertThat(new Tile.Hashes(2, 0, 1).path()).isEqualTo("tile/2/000.p/1");
        assertThat(new Tile.Hashes(63, 999, 255).path()).isEqualTo("tile/63/999.p/255");
        assertThat(new Tile.Entries(1000, 256).path()).isEqualTo("tile/entries/x001/000");
        assertThat(new Tile.Entries(273, 112).path()).isEqualTo("tile/entries/273.p/112");
    }

    @Test
    void path_leads_back_to_its_tile() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            long index = random.nextLong(1L << random.nextInt(1, 56));
            int width = random.nextInt(1, 257);
            Tile hashes = new Tile.Hashes(random.nextInt(64), index, width);
            Tile entries = new Tile.Entries(index, width);
            assertThat(Tile.parse(hashes.path())).contains(hashes);
            assertThat(Tile.parse(entries.path())).contains(entries);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tile",
                "tile/0",
                "tile/0/",
                "tile/0/0",
                "tile/0/01",
                "tile/0/1000",
                "tile/0/x000/001",
                "tile/0/001/002",
                "tile/0/x001",
                "tile/0/x001/x002",
                "tile/0/-01",
                "tile/00/001",
                "tile/64/001",
                "tile/-1/001",
                "tile/1e/001",
                "tile/0/001/",
                "/tile/0/001",
                "tile/0/001.p",
                "tile/0/001.p/",
                "tile/0/001.p/0",
                "tile/0/001.p/01",
                "tile/0/001.p/256",
                "tile/0/001.p/-1",
                "tile/0/001.p/1/",
                "tile/0/001.p/1\n",
                "tile/0/\u0660\u0660\u0661",
                "tile/data/001",
                "tile/entries/1",
                "tile/0/../001",
                "tile/0/x001/x001/x001/x001/x001/x001/001"
            })
    void anything_else_is_no_path(String path) {
        assertThat(Tile.parse(path)).isEmpty();
    }

    @Test
    void tile_out_of_bounds_cannot_be_made() {
        assertThatThrownBy(() -> new Tile.Hashes(64, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tile.Hashes(0, -1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tile.Entries(0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tile.Entries(0, 257))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tree_of_70000_has_the_tiles_of_the_specification() {
        assertThat(Tiles.levels(70_000)).isEqualTo(3);
        assertThat(Tiles.full(0, 70_000)).isEqualTo(273);
        assertThat(Tiles.partial(0, 70_000)).isEqualTo(112);
        assertThat(Tiles.full(1, 70_000)).isEqualTo(1);
        assertThat(Tiles.partial(1, 70_000)).isEqualTo(17);
        assertThat(Tiles.full(2, 70_000)).isZero();
        assertThat(Tiles.partial(2, 70_000)).isEqualTo(1);
        assertThat(Tiles.partial(3, 70_000)).isZero();
    }

    @Test
    void tree_of_256_has_a_full_tile_and_one_hash_above() {
        assertThat(Tiles.levels(256)).isEqualTo(2);
        assertThat(Tiles.full(0, 256)).isEqualTo(1);
        assertThat(Tiles.partial(0, 256)).isZero();
        assertThat(Tiles.partial(1, 256)).isEqualTo(1);
    }

    @Test
    void smallest_and_largest_trees_have_tiles_too() {
        assertThat(Tiles.levels(0)).isZero();
        assertThat(Tiles.levels(1)).isEqualTo(1);
        assertThat(Tiles.levels(Long.MAX_VALUE)).isEqualTo(8);
        assertThat(Tiles.hashes(7, Long.MAX_VALUE)).isEqualTo(127);
        assertThat(Tiles.hashes(8, Long.MAX_VALUE)).isZero();
        assertThat(Tiles.hashes(63, Long.MAX_VALUE)).isZero();
    }

    @Test
    void tree_covers_its_tiles_and_narrower_ones() {
        assertThat(Tiles.covers(70_000, new Tile.Hashes(0, 272, 256))).isTrue();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(0, 272, 5))).isTrue();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(0, 273, 112))).isTrue();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(0, 273, 113))).isFalse();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(0, 273, 256))).isFalse();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(0, 274, 1))).isFalse();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(2, 0, 1))).isTrue();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(2, 0, 2))).isFalse();
        assertThat(Tiles.covers(70_000, new Tile.Hashes(9, 0, 1))).isFalse();
        assertThat(Tiles.covers(70_000, new Tile.Entries(273, 112))).isTrue();
        assertThat(Tiles.covers(70_000, new Tile.Entries(273, 113))).isFalse();
        assertThat(Tiles.covers(0, new Tile.Entries(0, 1))).isFalse();
    }

    @Test
    void bundle_is_as_in_the_specification() {
        List<byte[]> entries = List.of(ascii("one"), ascii("two"), ascii("three"));
        byte[] bundle = HexFormat.of().parseHex("00036f6e65000374776f00057468726565");

        assertThat(Bundles.octets(entries)).isEqualTo(bundle);
        assertThat(EntryBundle.decode(bundle).orElseThrow()).containsExactlyElementsOf(entries);
    }

    @Test
    void bundle_of_any_entries_leads_back_to_them() {
        Random random = new Random(2);
        for (int i = 0; i < 50; i++) {
            List<byte[]> entries = new ArrayList<>();
            for (int n = random.nextInt(257); n > 0; n--) {
                byte[] entry = new byte[random.nextInt(300)];
                random.nextBytes(entry);
                entries.add(entry);
            }
            assertThat(EntryBundle.decode(Bundles.octets(entries)).orElseThrow())
                    .containsExactlyElementsOf(entries);
        }
        byte[] longest = new byte[EntryBundle.MAX_ENTRY_OCTETS];
        assertThat(EntryBundle.decode(Bundles.octets(List.of(longest))).orElseThrow())
                .containsExactly(longest);
    }

    @Test
    void damaged_bundle_is_refused() {
        byte[] bundle = Bundles.octets(List.of(ascii("one"), ascii("two")));
        for (int length = 1; length < bundle.length; length++) {
            byte[] cut = Arrays.copyOf(bundle, length);
            assertThat(EntryBundle.decode(cut).isPresent()).isEqualTo(length == 5);
        }
        byte[] tooMany = Bundles.octets(Collections.nCopies(257, new byte[0]));
        assertThat(EntryBundle.decode(tooMany)).isEmpty();
        assertThatThrownBy(() -> Bundles.octets(List.of(new byte[0x10000])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}

package io.sealpost.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes that are allowed but hardly meant, each named with its line. */
class RouteWarningsTest {
    private static final String NO_CATCH_ALL =
            "routes: a message that matches none is dropped and counted as no-route; end with"
                    + " { to = [ ... ] } to take them all, or with { to = [] } if this is meant";

    @TempDir Path folder;

    @Test
    void routes_that_take_not_everything_are_told_where_they_begin() throws IOException {
        assertThat(warnings("", "routes = [", "  { match { app-name = x }, to = [a, b] }", "]"))
                .containsExactly("7: " + NO_CATCH_ALL);
        assertThat(warnings("routes = [{ match { not { app-name = x } }, to = [a, b] }]"))
                .containsExactly("6: " + NO_CATCH_ALL);
    }

    @Test
    void a_last_route_that_takes_or_drops_all_the_rest_is_meant() throws IOException {
        String first = "  { match { app-name = x }, to = [a, b] }";

        assertThat(warnings("routes = [", first, "  { to = [a] }", "]")).isEmpty();
        assertThat(warnings("routes = [", first, "  { to = [] }", "]")).isEmpty();
        assertThat(warnings("routes = [", first, "  { match { }, to = [b] }", "]")).isEmpty();
    }

    /** It takes everything too, though others behind it may get it as well. */
    @Test
    void a_route_for_all_that_goes_on_takes_all_and_hides_none() throws IOException {
        assertThat(
                        warnings(
                                "routes = [",
                                "  { to = [a], continue = true }",
                                "  { match { app-name = x }, to = [b] }",
                                "]"))
                .isEmpty();
    }

    @Test
    void no_routes_are_no_matter() throws IOException {
        assertThat(warnings("routes = []")).isEmpty();
        assertThat(warnings("")).isEmpty();
    }

    @Test
    void a_route_behind_one_for_all_is_never_reached() throws IOException {
        assertThat(
                        warnings(
                                "routes = [",
                                "  { name = first, to = [a, b] }",
                                "  { match { app-name = x }, to = [a] }",
                                "  { name = last, to = [b] }",
                                "]"))
                .containsExactly(
                        "8: route-2 is never reached: first takes all its messages, move it before"
                                + " that or take it out",
                        "9: last is never reached: first takes all its messages, move it before that"
                                + " or take it out");
    }

    @Test
    void a_route_behind_one_with_the_same_match_is_never_reached() throws IOException {
        assertThat(
                        warnings(
                                "routes = [",
                                "  { match { app-name = x, severity = error }, to = [a] }",
                                "  { match { severity = error, app-name = x }, to = [b] }",
                                "  { match { app-name = x }, to = [b] }",
                                "  { to = [] }",
                                "]"))
                .containsExactly(
                        "8: route-2 is never reached: route-1 takes all its messages, move it before"
                                + " that or take it out");
    }

    @Test
    void the_same_match_again_behind_a_route_that_goes_on_is_reached() throws IOException {
        assertThat(
                        warnings(
                                "routes = [",
                                "  { match { app-name = x }, to = [a], continue = true }",
                                "  { match { app-name = x }, to = [b] }",
                                "  { to = [] }",
                                "]"))
                .isEmpty();
    }

    @Test
    void upstreams_that_no_route_names_are_told_where_they_stand() throws IOException {
        assertThat(warnings("routes = [{ to = [b] }]"))
                .containsExactly(
                        "4: upstreams.a: no route leads there, add one or take the upstream out");
        assertThat(warnings("routes = [{ to = [] }]"))
                .containsExactly(
                        "4: upstreams.a: no route leads there, add one or take the upstream out",
                        "5: upstreams.b: no route leads there, add one or take the upstream out");
    }

    @Test
    void an_upstream_that_only_a_route_names_which_is_never_reached_gets_nothing()
            throws IOException {
        assertThat(warnings("routes = [", "  { to = [a] }", "  { to = [a, b] }", "]"))
                .containsExactly(
                        "5: upstreams.b: no route leads there, add one or take the upstream out",
                        "8: route-2 is never reached: route-1 takes all its messages, move it before"
                                + " that or take it out");
    }

    @Test
    void a_warning_of_an_included_file_names_that_file() throws IOException {
        Path routes = folder.resolve("routes.conf");
        Files.writeString(
                routes, "\nroutes = [\n{ to = [a, b] },\n{ name = behind, to = [a] }\n]\n");

        assertThat(read("include \"routes.conf\"").getFirst())
                .isEqualTo(
                        new ConfigProblem(
                                routes.toString(),
                                4,
                                "behind is never reached: route-1 takes all its messages, move it"
                                        + " before that or take it out"));
    }

    /** Of a good conf file with upstreams a and b in lines 4 and 5, and these lines from 6 on. */
    private List<String> warnings(String... lines) throws IOException {
        return read(lines).stream()
                .map(
                        warning -> {
                            assertThat(warning.file())
                                    .isEqualTo(folder.resolve("sealpost.conf").toString());
                            return warning.line() + ": " + warning.message();
                        })
                .toList();
    }

    private List<ConfigProblem> read(String... lines) throws IOException {
        Path conf = folder.resolve("sealpost.conf");
        Files.writeString(
                conf,
                """
                sealpost {
                data-dir = "state", enterprise-number = 99, admin.bind = "127.0.0.1:0"
                listeners.t { transport = tcp, bind = "127.0.0.1:0" }
                upstreams.a { type = file, path = "a.log" }
                upstreams.b { type = file, path = "b.log" }
                """
                        + String.join("\n", lines)
                        + "\n}\n");
        ConfigResult result = ConfigReader.read(conf);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).warnings();
    }
}

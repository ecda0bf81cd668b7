package io.sealpost.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Helm chart, rendered by Helm itself, and the plain manifests. There is no cluster: that the
 * objects are ones is asked of the classes of a Kubernetes client, which are made of its schemas.
 * They know all fields and their types, but not what a cluster refuses beyond that.
 */
class KubernetesTest {
    private static final Path CHART = Path.of("kubernetes", "chart");
    private static final Path MANIFEST = Path.of("kubernetes", "sealpost.yaml");
    private static final Path FLUENT_BIT =
            Path.of("..", "conf", "senders", "kubernetes-fluent-bit.yaml");
    private static final boolean WRITE = Boolean.getBoolean("sealpost.write");
    private static final String HEAD =
            """
            # The chart with its defaults (helm template sealpost packaging/kubernetes/chart), for kubectl apply -f.
            # In a release the image has its version.
            """;

    /** The oldest that the chart takes. */
    private static final String CLUSTER = "1.26.0";

    private static final Map<String, Class<? extends HasMetadata>> KINDS =
            Map.of(
                    "v1 ConfigMap", ConfigMap.class,
                    "v1 Namespace", Namespace.class,
                    "v1 Service", Service.class,
                    "v1 ServiceAccount", ServiceAccount.class,
                    "apps/v1 DaemonSet", DaemonSet.class,
                    "apps/v1 StatefulSet", StatefulSet.class,
                    "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
                    "rbac.authorization.k8s.io/v1 ClusterRole", ClusterRole.class,
                    "rbac.authorization.k8s.io/v1 ClusterRoleBinding", ClusterRoleBinding.class);

    /** Strict: the classes would keep fields that they do not know. */
    private static final ObjectMapper YAML =
            YAMLMapper.builder()
                    .annotationIntrospector(
                            new JacksonAnnotationIntrospector() {
                                private static final long serialVersionUID = 1;

                                @Override
                                public Boolean hasAnySetter(Annotated method) {
                                    return false;
                                }
                            })
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .build();

    @TempDir Path folder;

    private static List<HasMetadata> objects(String manifests) throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(manifests)) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document.isObject()) { // else comments alone
                    String kind =
                            document.path("apiVersion").asText()
                                    + ' '
                                    + document.path("kind").asText();
                    assertThat(KINDS).containsKey(kind);
                    objects.add(YAML.treeToValue(document, KINDS.get(kind)));
                }
            }
        }
        return objects;
    }

    private String rendered(String values) throws IOException {
        TemplateCommand template =
                new Helm(CHART).template().withName("sealpost").withKubeVersion(CLUSTER);
        if (!values.isEmpty()) {
            template.withValuesFile(Files.writeString(folder.resolve("values.yaml"), values));
        }
        return template.call();
    }

    private static <T> Stream<T> all(List<HasMetadata> objects, Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static <T> T one(List<HasMetadata> objects, Class<T> kind) {
        List<T> found = all(objects, kind).toList();
        assertThat(found).as(kind.getSimpleName()).hasSize(1);
        return found.getFirst();
    }

    @Test
    void helm_lint_misses_nothing_but_an_icon() {
        LintResult found = new Helm(CHART).lint().strict().call();

        assertThat(found.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
        assertThat(found.isFailed()).isFalse();
    }

    @Test
    void the_plain_manifest_is_the_chart_with_its_defaults() throws IOException {
        String text = HEAD + rendered("");
        if (WRITE) {
            Files.writeString(MANIFEST, text);
        }
        assertThat(Files.readString(MANIFEST)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "replicas: 3\nimage: {repository: registry.example.com/sealpost, tag: \"1.2\"}",
                "service: {type: ClusterIP, annotations: {a/b: \"c\"}}",
                "service: {ports: [{name: relp, port: 2514, targetPort: 2514, protocol: TCP}]}",
                "tlsSecret: certificate\nstorage: {size: 1Ti, className: fast}",
                "networkPolicy: {enabled: false}",
                "networkPolicy: {senders: [{ipBlock: {cidr: 10.0.0.0/8}}], monitoring: []}",
                "nodeSelector: {disk: fast}\ntolerations: [{operator: Exists}]",
                "resources: {}\nconf: \"sealpost {}\\n\"",
            })
    void what_helm_renders_are_objects_that_fit_together(String values) throws IOException {
        assertFit(objects(rendered(values)));
    }

    private static void assertFit(List<HasMetadata> objects) {
        StatefulSet set = one(objects, StatefulSet.class);
        PodTemplateSpec pod = set.getSpec().getTemplate();
        Map<String, String> labels = pod.getMetadata().getLabels();
        Container container = pod.getSpec().getContainers().getFirst();
        Map<String, ContainerPort> ports = new HashMap<>();
        for (ContainerPort port : container.getPorts()) {
            ports.put(port.getName(), port);
            ports.put(port.getContainerPort() + port.getProtocol(), port);
        }

        assertThat(labels).containsAllEntriesOf(set.getSpec().getSelector().getMatchLabels());
        assertThat(all(objects, Service.class).map(service -> service.getMetadata().getName()))
                .contains(set.getSpec().getServiceName());
        for (Service service : all(objects, Service.class).toList()) {
            assertThat(labels).containsAllEntriesOf(service.getSpec().getSelector());
            for (ServicePort port : service.getSpec().getPorts()) {
                assertThat(ports).containsKey(key(port.getTargetPort(), port.getProtocol()));
            }
        }
        for (NetworkPolicy policy : all(objects, NetworkPolicy.class).toList()) {
            assertThat(labels)
                    .containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels());
            assertThat(policy.getSpec().getIngress())
                    .flatExtracting(rule -> rule.getPorts())
                    .hasSize(container.getPorts().size())
                    .extracting(KubernetesTest::key)
                    .allMatch(ports::containsKey);
        }
        for (Probe probe :
                List.of(
                        container.getStartupProbe(),
                        container.getReadinessProbe(),
                        container.getLivenessProbe())) {
            assertThat(ports).containsKey(probe.getHttpGet().getPort().getStrVal());
        }
        List<String> volumes = new ArrayList<>();
        pod.getSpec().getVolumes().stream().map(Volume::getName).forEach(volumes::add);
        set.getSpec().getVolumeClaimTemplates().stream()
                .map((PersistentVolumeClaim claim) -> claim.getMetadata().getName())
                .forEach(volumes::add);
        assertThat(container.getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(one(objects, ConfigMap.class).getData()).containsOnlyKeys("sealpost.conf");
    }

    private static String key(NetworkPolicyPort port) {
        return key(port.getPort(), port.getProtocol());
    }

    private static String key(IntOrString port, String protocol) {
        return port.getStrVal() != null ? port.getStrVal() : port.getIntVal() + protocol;
    }

    @Test
    void the_senders_manifest_has_objects_only() throws IOException {
        List<HasMetadata> objects = objects(Files.readString(FLUENT_BIT, UTF_8));

        DaemonSet set = one(objects, DaemonSet.class);
        assertThat(set.getSpec().getTemplate().getSpec().getServiceAccountName())
                .isEqualTo(one(objects, ServiceAccount.class).getMetadata().getName());
        assertThat(set.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(set.getSpec().getSelector().getMatchLabels());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "readinessProbe: -> readynessProbe:",
                "replicas: 1 -> replicas: one",
                "kind: StatefulSet -> kind: Stateful",
                "automountServiceAccountToken: false -> automountServiceAccountToken: {}",
            })
    void a_mistake_in_a_manifest_is_found(String change) throws IOException {
        String[] fromTo = change.split(" -> ", 2);
        String good = Files.readString(MANIFEST);
        String bad = good.replace(fromTo[0], fromTo[1]);

        assertThat(bad).isNotEqualTo(good);
        assertThatThrownBy(() -> objects(bad))
                .isInstanceOfAny(IOException.class, AssertionError.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "targetPort: admin -> targetPort: administration",
                "serviceName: sealpost-pods -> serviceName: pods",
                "path: /healthz, port: admin -> path: /healthz, port: http",
                "{name: data, mountPath -> {name: datum, mountPath",
            })
    void objects_that_do_not_fit_are_found(String change) throws IOException {
        String[] fromTo = change.split(" -> ", 2);
        String good = Files.readString(MANIFEST);
        String bad = good.replace(fromTo[0], fromTo[1]);

        assertThat(bad).isNotEqualTo(good);
        assertThatThrownBy(() -> assertFit(objects(bad))).isInstanceOf(AssertionError.class);
    }
}

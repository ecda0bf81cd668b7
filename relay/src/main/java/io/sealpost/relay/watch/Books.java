package io.sealpost.relay.watch;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The accounts of all upstreams at one synced position. They balance when for every upstream the
 * messages routed = delivered + queued + dropped; anything else is a defect of the relay.
 *
 * @param synced the position
 * @param accounts one per upstream
 */
public record Books(long synced, List<Account> accounts) {

    public Books {
        accounts = List.copyOf(accounts);
    }

    /** Whether nothing is missing and nothing counted twice. */
    public boolean balanced() {
        return accounts.stream().allMatch(account -> account.missing() == 0);
    }

    /** A table for people, several lines without a line break at the end. */
    public String report() {
        StringBuilder text = new StringBuilder();
        text.append("books at message ").append(synced).append(": ");
        text.append(balanced() ? "balanced" : "NOT BALANCED");
        text.append(
                "%n  %-16s %14s = %14s + %12s + %12s"
                        .formatted("upstream", "routed", "delivered", "queued", "dropped"));
        accounts.forEach(account -> text.append(row(account)));
        return text.toString();
    }

    private static String row(Account account) {
        return "%n  %-16s %14d = %14d + %12d + %12d%s"
                .formatted(
                        account.upstream(),
                        account.routed(),
                        account.delivered(),
                        account.queued(),
                        account.droppedSum(),
                        remark(account));
    }

    private static String remark(Account account) {
        String reasons = account.dropped().isEmpty() ? "" : " (" + reasons(account.dropped()) + ")";
        if (account.missing() == 0) {
            return reasons;
        }
        return reasons + "  off by " + account.missing();
    }

    private static String reasons(Map<String, Long> dropped) {
        return dropped.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}

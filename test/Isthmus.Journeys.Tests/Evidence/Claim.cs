namespace Isthmus.Journeys.Tests.Evidence;

/// <summary>A sentence that must be true of the store, and the query that finds what contradicts it: a text column.</summary>
/// <param name="Sql">$1 are the control ids that were acknowledged, $2 those of them whose first final result was critical.</param>
internal sealed record Claim(string Sentence, string Sql)
{
    /// <summary>One effect in the store for every acknowledged message, and none left undone.</summary>
    public static IReadOnlyList<Claim> OfOneEffect { get; } =
    [
        new("an acknowledged message is in the journal once",
            """
            SELECT format('control id %s: %s rows', a.control_id, count(j.id))
            FROM unnest($1) AS a(control_id) LEFT JOIN exchange.journal j USING (control_id)
            GROUP BY a.control_id HAVING count(j.id) <> 1
            """),
        new("a journalled message has one outcome",
            """
            SELECT format('message %s', j.id) FROM exchange.journal j
            WHERE (SELECT count(*) FROM mediation.message m WHERE m.message_id = j.id) <> 1 OR $1 IS NULL
            """),
        new("no message stopped on its way",
            "SELECT format('message %s: %s %s', message_id, outcome, findings) FROM mediation.message WHERE outcome <> 'c' OR $1 IS NULL"),
        new("a message has its resources in one pack",
            """
            SELECT format('message %s: %s packs', m.message_id, count(p.id))
            FROM mediation.message m LEFT JOIN phi.pack p USING (message_id)
            WHERE m.outcome = 'c' GROUP BY m.message_id HAVING count(p.id) > 1 OR $1 IS NULL
            """),
        new("a message has one delivery per destination",
            """
            SELECT format('message %s to %s: %s', m.message_id, t.name, count(d.id))
            FROM mediation.message m CROSS JOIN (VALUES ('ehr'), ('registry')) AS t(name)
            LEFT JOIN exchange.delivery d ON d.message_id = m.message_id AND d.destination = t.name
            WHERE m.outcome = 'c' GROUP BY m.message_id, t.name HAVING count(d.id) <> 1 OR $1 IS NULL
            """),
        new("every delivery has come to its end, and none to a dead one",
            "SELECT format('delivery %s: %s %s', id, state, rule) FROM exchange.delivery WHERE state NOT IN ('d', 'x') OR $1 IS NULL"),
        new("no message waits in the inbox", "SELECT format('message %s', id) FROM exchange.inbox WHERE $1 IS NOT NULL"),
        new("the ledger says once that a result was received, and once that it was committed",
            """
            SELECT format('message %s, %s: %s', m.message_id, k.kind, count(e.seq))
            FROM mediation.message m CROSS JOIN (VALUES ('result.received'), ('result.committed')) AS k(kind)
            LEFT JOIN ledger.event e ON e.message_id = m.message_id AND e.kind = k.kind
            WHERE m.outcome = 'c' GROUP BY m.message_id, k.kind HAVING count(e.seq) <> 1 OR $1 IS NULL
            """),
        new("the ledger says once how each delivery ended",
            """
            SELECT format('delivery %s: %s', d.id, count(e.seq))
            FROM exchange.delivery d
            LEFT JOIN ledger.event e ON e.message_id = d.message_id AND e.kind = 'delivery.delivered'
                AND e.detail::json ->> 'destination' = d.destination
            GROUP BY d.id, d.state HAVING count(e.seq) <> CASE d.state WHEN 'd' THEN 1 ELSE 0 END OR $1 IS NULL
            """),
        new("a critical result has a task",
            """
            SELECT format('control id %s', c.control_id) FROM unnest($2) AS c(control_id)
            WHERE NOT EXISTS (
                SELECT FROM exchange.journal j JOIN workflow.instance i ON i.message_id = j.id AND i.workflow = 'critical-result'
                WHERE j.control_id = c.control_id) OR $1 IS NULL
            """),
        new("an occasion for work has one task",
            """
            SELECT format('%s %s: %s', i.workflow, i.key, count(t.id))
            FROM workflow.instance i LEFT JOIN workflow.task t ON t.id = i.id
            GROUP BY i.workflow, i.key HAVING count(t.id) <> 1 OR $1 IS NULL
            """),
    ];
}

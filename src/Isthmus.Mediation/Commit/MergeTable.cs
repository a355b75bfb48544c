using Npgsql;

namespace Isthmus.Mediation.Commit;

/// <summary>
/// Makes two persons one: the numbers, the consents and what waits go over; the history of each stays under its own key, and a row says
/// which message made it so. Both rows of persons are locked. Merges are few, so each is written by itself.
/// </summary>
internal static class MergeTable
{
    private const string Evidence =
        """
        INSERT INTO identity.merge (tenant, gone, survivor, message_id, contract, identifiers)
        SELECT $1, $2, $3, $4, $5, coalesce((SELECT array_agg(i.key) FROM identity.identifier i WHERE i.tenant = $1 AND i.person = $2), '{}')
        """;

    /// <summary>Those merged into the one that goes now are led to the one that stays, so that every chain has one link.</summary>
    private static readonly string[] GoOver =
    [
        "UPDATE identity.identifier SET person = $3 WHERE tenant = $1 AND person = $2",
        "UPDATE identity.person SET state = 'm', merged_into = $3 WHERE (person = $2 OR merged_into = $2) AND tenant = $1",
        "UPDATE mediation.stopped SET person = $3 WHERE tenant = $1 AND person = $2",
        "SELECT consent.move($1, $2, $3)",
    ];

    public static void Add(NpgsqlBatch batch, short tenant, IReadOnlyList<Carried> routed)
    {
        foreach (var carried in routed.Where(c => c.Trail.Stopped is null))
        {
            if (carried.Trail.Merged is not { } merged)
            {
                continue;
            }

            batch.BatchCommands.Add(Step(Evidence, tenant, merged.Gone.Value, merged.Survivor.Value, carried.Trail.Message.Id, carried.Trail.Message.Contract!.Id));
            foreach (var sql in GoOver)
            {
                batch.BatchCommands.Add(Step(sql, tenant, merged.Gone.Value, merged.Survivor.Value));
            }
        }
    }

    private static NpgsqlBatchCommand Step(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}

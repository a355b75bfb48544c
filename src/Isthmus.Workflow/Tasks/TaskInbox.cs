using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Phi;
using Npgsql;

namespace Isthmus.Workflow.Tasks;

/// <summary>Reads tasks and their history.</summary>
/// <param name="source">The login of the operator or of the workflow zone.</param>
public sealed class TaskInbox(NpgsqlDataSource source)
{
    private const string Columns =
        """
        SELECT id, title, state, pool, due, escalate_at, message_id, created, closed, claimed_by, why, next_action, pool_path,
               workflow, person, location, closed IS NULL AND coalesce(due < now(), false)
        FROM workflow.task_view
        """;

    /// <summary>The task, or null when there is none of that number.</summary>
    public async Task<TaskView?> FindAsync(long id, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Columns + " WHERE id = $1");
        command.Parameters.AddWithValue(id);
        return (await ReadAsync(command, cancellation)).SingleOrDefault();
    }

    /// <summary>The task.</summary>
    /// <exception cref="RefusalException">There is none of that number.</exception>
    public async Task<TaskView> GetAsync(long id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) ?? throw TaskRefusals.NoSuchTask(id);

    /// <summary>The tasks that fit, those due first; closed ones the latest first.</summary>
    public async Task<IReadOnlyList<TaskView>> ListAsync(TaskFilter filter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var command = source.CreateCommand();
        var sql = new StringBuilder(Columns).Append(" WHERE tenant = $1");
        command.Parameters.AddWithValue(filter.Tenant);
        sql.Append(filter.Closed ? " AND closed IS NOT NULL" : " AND closed IS NULL");
        if (filter.OverdueOnly)
        {
            sql.Append(" AND due < now()");
        }

        if (filter.Pool is not null)
        {
            sql.Append(" AND pool = $2");
            command.Parameters.AddWithValue(filter.Pool);
        }

        sql.Append(filter.Closed ? " ORDER BY closed DESC" : " ORDER BY due NULLS LAST, id").Append(" LIMIT ").Append(filter.Limit);
        command.CommandText = sql.ToString();
        return await ReadAsync(command, cancellation);
    }

    /// <summary>The tasks that a message gave rise to, oldest first.</summary>
    public async Task<IReadOnlyList<TaskView>> OfMessageAsync(long messageId, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Columns + " WHERE message_id = $1 ORDER BY id");
        command.Parameters.AddWithValue(messageId);
        return await ReadAsync(command, cancellation);
    }

    /// <summary>Every step the task took, in order.</summary>
    public async Task<IReadOnlyList<TaskStep>> HistoryAsync(long id, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            "SELECT step, at, raised, from_state, to_state, pool, actor, outcome FROM workflow.transition WHERE instance = $1 ORDER BY step");
        command.Parameters.AddWithValue(id);
        var steps = new List<TaskStep>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            steps.Add(new TaskStep(
                reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetString(5), reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7)));
        }

        return steps;
    }

    /// <summary>What people wrote on the task. Reading it leaves an event in the ledger, in the same transaction. Operator's login only.</summary>
    /// <param name="reader">Who reads.</param>
    /// <param name="purpose">Why.</param>
    /// <exception cref="RefusalException">There is no task of that number.</exception>
    public async Task<IReadOnlyList<TaskNote>> ReadNotesAsync(long id, string reader, string purpose, CancellationToken cancellation)
    {
        await GetAsync(id, cancellation);
        await using var command = source.CreateCommand("SELECT at, author, kind, text FROM workflow.read_notes($1, $2, $3)");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(reader);
        command.Parameters.AddWithValue(purpose);
        var notes = new List<TaskNote>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            notes.Add(new TaskNote(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetString(2), new PhiText(row.GetString(3))));
        }

        return notes;
    }

    private static async Task<List<TaskView>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var tasks = new List<TaskView>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            tasks.Add(new TaskView(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), Time(4), Time(5), row.GetInt64(6),
                row.GetFieldValue<DateTimeOffset>(7), Time(8), row.IsDBNull(9) ? null : row.GetString(9), row.GetString(10), row.GetString(11),
                row.GetFieldValue<string[]>(12), row.GetString(13), row.IsDBNull(14) ? null : row.GetGuid(14), row.GetString(15), row.GetBoolean(16)));
        }

        return tasks;

        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}

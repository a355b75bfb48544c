using System.Text;
using Npgsql;

namespace Isthmus.Host.Messages;

/// <summary>Which messages to list; null does not restrict.</summary>
/// <param name="Outcome"><c>in-progress</c>, <c>delivered</c>, <c>waiting-for-human</c>, <c>quarantined</c> or <c>refused</c>.</param>
/// <param name="Source">The source's name in its contract.</param>
/// <param name="Rule">A rule among the findings, or of a delivery's last failure.</param>
/// <param name="Person">The pseudonymous key.</param>
internal sealed record MessageChoice(
    string? Outcome = null, string? Source = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null, string? Rule = null, Guid? Person = null)
{
    /// <summary>The condition over journal j, message m and outcome o, with its parameters added to the command.</summary>
    public string Where(NpgsqlCommand command)
    {
        var sql = new StringBuilder(" WHERE true");
        Add("coalesce(o.outcome, 'in-progress') = {0}", Outcome);
        Add("j.source = {0}", Source);
        Add("j.received >= {0}", Since?.UtcDateTime);
        Add("j.received < {0}", Until?.UtcDateTime);
        Add("m.person = {0}", Person);

        // Findings are JSON in a text column, and the rule's id stands there between quotation marks.
        Add("(strpos(m.findings, '\"' || {0} || '\"') > 0 OR EXISTS (SELECT FROM exchange.delivery d WHERE d.message_id = j.id AND d.rule = {0}))", Rule);
        return sql.ToString();

        void Add(string condition, object? value)
        {
            if (value is not null)
            {
                command.Parameters.AddWithValue(value);
                sql.Append(" AND ").Append(condition.Replace("{0}", $"${command.Parameters.Count}", StringComparison.Ordinal));
            }
        }
    }
}

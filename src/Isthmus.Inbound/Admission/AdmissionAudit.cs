using System.Buffers;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Ledger;
using Isthmus.Store;
using Isthmus.Trust.Access;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// Puts on record who was let in to do what, and who was denied it, in groups; a request's record is durable before the first byte of its
/// answer leaves. Strangers are counted, not recorded.
/// </summary>
internal sealed class AdmissionAudit : IAsyncDisposable
{
    private const int MostPerCommit = 256;
    private const int MostWaiting = 10_000;

    private readonly NpgsqlDataSource source;
    private readonly GroupCommit<(short Tenant, LedgerEvent Event), bool> events;

    public AdmissionAudit(NpgsqlDataSource source, TimeProvider time)
    {
        this.source = source;
        events = new(CommitAsync, MostPerCommit, MostWaiting, time);
    }

    /// <exception cref="NpgsqlException">It is not on record.</exception>
    public Task GrantedAsync(Passage passage, int status) => AddAsync(passage, LedgerKinds.AccessGranted, status, rule: null);

    /// <summary>A caller that is known was denied what it asked for.</summary>
    /// <exception cref="NpgsqlException">It is not on record.</exception>
    public Task DeniedAsync(Passage passage, Refused refused) => AddAsync(passage, LedgerKinds.AccessDenied, refused.Status, refused.Refusal.Id);

    public ValueTask DisposeAsync() => events.DisposeAsync();

    private Task<bool> AddAsync(Passage passage, string kind, int status, string? rule)
    {
        var caller = passage.Caller!;
        return events.AddAsync(
            (caller.Tenant, new LedgerEvent(kind, caller.Client, null, null, Detail(passage, caller, status, rule))), CancellationToken.None);
    }

    /// <summary>What the ledger keeps; a member without a value is left out. It is written for every request, so no document is built.</summary>
    private static string Detail(Passage passage, Caller caller, int status, string? rule)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("client", caller.Client);
            json.WriteString("route", passage.Route.Name);
            Write(json, "action", passage.Decision is { Actions.Count: > 0 } decision ? string.Join(' ', decision.Actions.Select(a => a.Name)) : null);
            Write(json, "resource", passage.Resource is { Length: > 0 } type ? type : null);
            Write(json, "contract", passage.Contract?.Id);
            Write(json, "policy", passage.Site.AccessPolicy?.Id);
            Write(json, "rule", rule);
            json.WriteNumber("status", status);
            json.WriteString("token", caller.Token.ToString("N"));
            json.WriteString("correlation", passage.Correlation.Id);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<(short Tenant, LedgerEvent Event)> group)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var tenant in group.GroupBy(e => e.Tenant))
        {
            LedgerAppend.AddTo(batch, tenant.Key, [.. tenant.Select(e => e.Event)]);
        }

        await batch.ExecuteNonQueryAsync();
        return [.. group.Select(_ => true)];
    }
}

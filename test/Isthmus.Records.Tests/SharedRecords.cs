using Isthmus.Exchange;
using Isthmus.Records.Commit;
using Isthmus.Records.Keys;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Keys;
using Npgsql;

namespace Isthmus.Records.Tests;

/// <summary>A PHI plane for the tests of a class, with its keys.</summary>
public sealed class SharedRecords : IAsyncLifetime
{
    public const short Tenant = 1;
    public const string KeyFile = "records.kek";

    private static long messages;

    internal TestStore Store { get; private set; } = null!;

    internal KeyFolder Folder { get; private set; } = null!;

    internal TenantKeys Keys { get; private set; } = null!;

    internal NpgsqlDataSource Mediation => Store.For(ZoneRole.Mediation);

    public static long NewMessage() => Interlocked.Increment(ref messages);

    public async Task InitializeAsync()
    {
        Store = await TestStore.CreateAsync(typeof(KeyFolder).Assembly, typeof(TenantKeys).Assembly);
        Folder = NewFolder();
        Keys = await TenantKeys.LoadAsync(Mediation, Folder, KeyFile, Tenant, CancellationToken.None);
    }

    public async Task DisposeAsync() => await Store.DisposeAsync();

    internal static KeyFolder NewFolder()
    {
        var folder = new KeyFolder(Scratch.NewFolder("records").FullName);
        folder.CreateSecretIfMissing(KeyFile);
        return folder;
    }

    /// <summary>Commits each message's resources as one pack, all in one transaction.</summary>
    internal async Task<IReadOnlyList<RecordVersions>> CommitAsync(params (long Message, PersonId Person, ResourceDraft[] Resources)[] messages)
    {
        PackDraft[] packs = [.. messages.Select(m => PackDraft.Of(m.Message, m.Person, m.Resources))];
        await using var connection = await Mediation.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var versions = await RecordCommit.CompareAsync(connection, packs, CancellationToken.None);
        var ids = await RecordCommit.NewPackIdsAsync(connection, packs.Length, CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection, transaction);
        await new RecordCommit(Keys).WriteAsync(connection, batch, packs, versions, ids, CancellationToken.None);
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return versions;
    }

    internal async Task<RecordVersion> CommitOneAsync(ResourceDraft draft) =>
        (await CommitAsync((NewMessage(), PersonId.New(), [draft])))[0].All[0];

    internal async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Store.OwnerAddress + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

using System.Net.Sockets;
using System.Security.Cryptography;
using Isthmus.Exchange;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Store.Embedded;
using Isthmus.Store.Schema;
using Isthmus.Trust.Keys;
using Npgsql;
using Spectre.Console;

namespace Isthmus.Host.Terminal;

/// <summary>
/// What a person is told when a command cannot do its work: one sentence with the remedy, no stack. Errors of the database
/// are told by their code only, since their text may quote data.
/// </summary>
internal static class Complaint
{
    /// <summary>The sentence for what is expected to go wrong; null for what is a fault of ours and should show itself.</summary>
    public static string? Of(Exception e) => e switch
    {
        SiteFaultyException or KeyMissingException or EmbeddedPostgresException or SchemaDiffersException or RefusalException => e.Message,
        PostgresException p => $"store.refused: PostgreSQL refused ({p.SqlState}). `isthmus doctor` shows the state of the store.",
        _ when StoreFailure.Is(e) => "store.unreachable: PostgreSQL does not answer. `isthmus doctor` shows the state of the store.",
        SocketException s => $"network.failed: {s.SocketErrorCode}. Check that the address is free, or that somebody listens there.",
        CryptographicException => "key.wrong: a key does not open what is stored. Check that the key folder belongs to this database.",
        FileNotFoundException or DirectoryNotFoundException => $"file.missing: {e.Message} Check the path.",
        UnauthorizedAccessException => $"file.forbidden: {e.Message} Check who may read it.",
        OperationCanceledException => "Stopped.",
        _ => null,
    };

    public static void Print(string sentence) => Output.Progress.MarkupLine($"[red]{Markup.Escape(sentence)}[/]");
}

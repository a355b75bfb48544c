using System.Globalization;
using Npgsql;

namespace Isthmus.Host.Doctor;

/// <summary>The PostgreSQL behind it all: its version, whether it keeps what it was told, and whether its log stays silent about patients.</summary>
internal static class StoreChecks
{
    private const int LeastMajor = 16;
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(2);

    /// <summary>Settings by which a server's own log would come to hold patient data, and the value that prevents it.</summary>
    private static readonly (string Setting, string[] Silent, string Remedy)[] Talkative =
    [
        ("log_statement", ["none", "ddl"], "none"),
        ("log_min_duration_statement", ["-1"], "-1"),
        ("log_min_error_statement", ["panic"], "panic"),
        ("log_error_verbosity", ["terse"], "terse"),
        ("log_parameter_max_length", ["0"], "0"),
        ("log_parameter_max_length_on_error", ["0"], "0"),
        ("log_min_messages", ["log", "fatal", "panic"], "log"),
    ];

    public static async Task<IReadOnlyList<Diagnosis>> ExamineAsync(NpgsqlDataSource store, bool embedded, TimeProvider time, CancellationToken cancellation)
    {
        var settings = await ReadSettingsAsync(store, cancellation);
        return
        [
            .. Version(settings, embedded),
            Diagnosis.When(
                settings["fsync"] == "on" && settings["full_page_writes"] == "on" && settings["synchronous_commit"] is "on" or "remote_apply",
                "store.durable", $"fsync is {settings["fsync"]}, full_page_writes {settings["full_page_writes"]}, synchronous_commit {settings["synchronous_commit"]}.",
                Verdict.Fault, "All three must be on: an acknowledgement promises that the message is on disk."),
            Diagnosis.When(
                settings["data_checksums"] == "on", "store.checksums", $"Page checksums are {settings["data_checksums"]}.",
                Verdict.Warning, "Run pg_checksums --enable on the stopped server, so that a failing disk is noticed."),
            Diagnosis.When(settings["server_encoding"] == "UTF8", "store.encoding", $"The encoding is {settings["server_encoding"]}.", Verdict.Fault, "Create the database with ENCODING 'UTF8'."),
            Log(settings),
            .. await TransportAsync(store, embedded, cancellation),
            await ClockAsync(store, time, cancellation),
        ];
    }

    private static IEnumerable<Diagnosis> Version(Dictionary<string, string> settings, bool embedded)
    {
        var major = int.Parse(settings["server_version_num"], CultureInfo.InvariantCulture) / 10000;
        yield return Diagnosis.When(
            major >= LeastMajor, "store.version", $"PostgreSQL {settings["server_version"]}{(embedded ? ", the one that comes with Isthmus" : "")}.",
            Verdict.Fault, $"Use version {LeastMajor} or later.");
        if (embedded)
        {
            yield return Diagnosis.Warning(
                "store.embedded", "The PostgreSQL that comes with Isthmus is for trial: nobody else watches, replicates or patches it.",
                "For anything else set ISTHMUS_DATABASE to a connection string of your own server.");
        }
    }

    private static Diagnosis Log(Dictionary<string, string> settings)
    {
        var loud = Talkative.Where(rule => !rule.Silent.Contains(settings[rule.Setting])).ToArray();
        return Diagnosis.When(
            loud.Length == 0, "store.log",
            loud.Length == 0
                ? "The server's own log takes no statement, parameter or error text."
                : $"The server's own log can take patient data: {string.Join(", ", loud.Select(rule => $"{rule.Setting} = {settings[rule.Setting]}"))}.",
            Verdict.Fault, $"Set {string.Join(", ", loud.Select(rule => $"{rule.Setting} = {rule.Remedy}"))} for this database or server.");
    }

    private static async Task<IEnumerable<Diagnosis>> TransportAsync(NpgsqlDataSource store, bool embedded, CancellationToken cancellation)
    {
        if (embedded)
        {
            return [];
        }

        await using var command = store.CreateCommand("SELECT inet_server_addr() IS NULL OR host(inet_server_addr()) IN ('127.0.0.1', '::1') OR ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        var safe = await command.ExecuteScalarAsync(cancellation) is true;
        return
        [
            Diagnosis.When(
                safe, "store.transport", safe ? "The connection to the server is local or encrypted." : "The connection to the server is neither local nor encrypted.",
                Verdict.Fault, "Add 'SSL Mode=VerifyFull' to ISTHMUS_DATABASE."),
        ];
    }

    private static async Task<Diagnosis> ClockAsync(NpgsqlDataSource store, TimeProvider time, CancellationToken cancellation)
    {
        await using var command = store.CreateCommand("SELECT clock_timestamp()");
        var before = time.GetUtcNow().UtcDateTime;
        var theirs = (DateTime)(await command.ExecuteScalarAsync(cancellation))!;
        var after = time.GetUtcNow().UtcDateTime;
        var skew = theirs < before ? before - theirs : theirs > after ? theirs - after : TimeSpan.Zero;
        return Diagnosis.When(
            skew <= MostSkew, "clock.store", string.Create(CultureInfo.InvariantCulture, $"This machine's clock and the store's differ by {skew.TotalMilliseconds:0} ms."),
            Verdict.Warning, "Set both from the same time service.");
    }

    private static async Task<Dictionary<string, string>> ReadSettingsAsync(NpgsqlDataSource store, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var command = store.CreateCommand("SELECT name, setting FROM pg_settings");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            settings.Add(reader.GetString(0), reader.GetString(1));
        }

        return settings;
    }
}

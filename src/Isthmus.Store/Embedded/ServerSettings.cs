using System.Globalization;

namespace Isthmus.Store.Embedded;

/// <summary>What the embedded server is told at every start. An operator's <c>local.conf</c> is read last and wins.</summary>
internal static class ServerSettings
{
    private const long Megabyte = 1024 * 1024;
    private const long LeastBuffers = 64;

    /// <summary>More gains nothing for a queue and records that are read through the page cache anyway.</summary>
    private const long MostBuffers = 512;

    /// <summary>Only the socket in our private folder, and only with a password.</summary>
    public const string Access = "local all all scram-sha-256\n";

    public static string Compose(EmbeddedOptions options, string localSettings)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Megabyte;
        var buffers = options.Durable ? Math.Clamp(memory / 16, LeastBuffers, MostBuffers) : LeastBuffers;
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Written by Isthmus at every start. Put settings of your own into local.conf beside this file.
            listen_addresses = ''
            max_connections = {options.MaxConnections}
            password_encryption = scram-sha-256

            # What is acknowledged is on disk.
            fsync = {OnOff(options.Durable)}
            synchronous_commit = on
            full_page_writes = {OnOff(options.Durable)}

            # Patient data never reaches the server's own log. An error's text can quote a value ("invalid input
            # syntax … "), and so can its detail and its statement: the client gets them, the log does not.
            log_min_messages = log
            log_error_verbosity = terse
            log_min_error_statement = panic
            log_min_duration_statement = -1
            log_parameter_max_length = 0
            log_parameter_max_length_on_error = 0
            log_statement = none
            log_checkpoints = off
            log_lock_waits = off
            log_timezone = 'UTC'
            timezone = 'UTC'

            # Sized to this machine ({memory} MB).
            shared_buffers = {buffers}MB
            effective_cache_size = {Math.Max(memory / 2, 2 * LeastBuffers)}MB
            work_mem = 8MB
            maintenance_work_mem = {Math.Clamp(memory / 32, 32, 256)}MB
            random_page_cost = 1.1
            jit = off

            # Fewer and smoother checkpoints; pglz is the only page compression this build has.
            wal_compression = pglz
            wal_buffers = 16MB
            max_wal_size = 2GB
            min_wal_size = 256MB
            checkpoint_timeout = 10min

            # Queue tables turn over completely every few seconds: vacuum them early and in small bites. Each look costs a new process for
            # each database, so not too often.
            autovacuum_naptime = 15s
            autovacuum_max_workers = 2
            autovacuum_vacuum_scale_factor = 0.05
            autovacuum_vacuum_threshold = 1000
            autovacuum_vacuum_insert_scale_factor = 0.2
            autovacuum_vacuum_cost_limit = 1000

            # A table that only grows is sampled each time it has doubled: the zones look things up by key, and no sample changes that.
            autovacuum_analyze_threshold = 2000
            autovacuum_analyze_scale_factor = 1.0
            default_statistics_target = 20

            {Include(localSettings)}

            """);
    }

    private static string Include(string file) =>
        File.Exists(file) ? $"include = '{file.Replace("'", "''", StringComparison.Ordinal)}'" : "# There is no local.conf.";

    private static string OnOff(bool value) => value ? "on" : "off";
}

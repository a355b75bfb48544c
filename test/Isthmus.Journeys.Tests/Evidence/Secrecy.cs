using System.Text;
using Isthmus.Journeys.Tests.Running;
using Npgsql;

namespace Isthmus.Journeys.Tests.Evidence;

/// <summary>Looks for patient data wherever it must not be. It says where it was found, as whole as it stands there.</summary>
internal sealed class Secrecy(Site site)
{
    private readonly List<string> escapes = [];

    public int Bytes { get; private set; }

    public int Tables { get; private set; }

    public async Task ProveAsync(string metrics)
    {
        LookIntoLogs();
        LookIntoMetrics(metrics);
        await LookIntoTablesAsync();
        LookIntoFiles();
        Assert.True(escapes.Count == 0, string.Join('\n', escapes));
    }

    private void LookIntoLogs()
    {
        foreach (var process in site.Processes)
        {
            LookInto("standard error", process.Complaints);
        }

        LookInto("PostgreSQL's log", File.ReadAllText(site.ServerLog));
    }

    /// <summary>The runtime's own recording of every measurement with its labels; its texts are UTF-16.</summary>
    private void LookIntoMetrics(string recording)
    {
        var bytes = File.ReadAllBytes(recording);
        Assert.True(Holds(bytes, Encoding.Unicode.GetBytes("Isthmus.Inbound")), "The recording holds no measurement of ours.");
        foreach (var word in Canaries.Words.Where(word => Holds(bytes, Encoding.Unicode.GetBytes(word)) || Holds(bytes, Encoding.UTF8.GetBytes(word))))
        {
            escapes.Add($"{word} is in a metric");
        }
    }

    /// <summary>Every row of every table as text, in which bytes show as hexadecimal digits; the statistics of the planner too.</summary>
    private async Task LookIntoTablesAsync()
    {
        await using var store = await site.OpenStoreAsync();
        var tables = new List<string>();
        await using (var query = new NpgsqlCommand(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.relnamespace <> 'pg_toast'::regnamespace ORDER BY 1", store))
        {
            await using var rows = await query.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                tables.Add(rows.GetString(0));
            }
        }

        string[] patterns = [.. Canaries.Words.Select(word => $"%{word}%"), .. Canaries.Words.Select(word => $"%{Convert.ToHexString(Encoding.UTF8.GetBytes(word))}%")];
        foreach (var table in tables)
        {
            await using var query = new NpgsqlCommand($"SELECT left(t::text, 500) FROM {table} t WHERE t::text ILIKE ANY ($1) LIMIT 3", store);
            query.Parameters.AddWithValue(patterns);
            await using var rows = await query.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                escapes.Add($"{table}: {rows.GetString(0)}");
            }
        }

        Tables = tables.Count;
    }

    /// <summary>All that lies in the data folder, the write-ahead log included.</summary>
    private void LookIntoFiles()
    {
        foreach (var file in Directory.EnumerateFiles(site.DataFolder, "*", SearchOption.AllDirectories))
        {
            var bytes = ReadWhole(file);
            Bytes += bytes.Length;
            foreach (var word in Canaries.Words.Where(word => Holds(bytes, Encoding.UTF8.GetBytes(word))))
            {
                escapes.Add($"{word} is in {Path.GetRelativePath(site.DataFolder, file)}");
            }
        }
    }

    private void LookInto(string where, string text)
    {
        foreach (var line in text.Split('\n').Where(line => Canaries.Words.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            escapes.Add($"{where}: {line}");
        }
    }

    /// <summary>PostgreSQL may take a file away at any moment.</summary>
    private static byte[] ReadWhole(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> word) => bytes.IndexOf(word) >= 0;
}

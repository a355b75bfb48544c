using System.Globalization;
using System.Text;

namespace Isthmus.Simulators.Lab;

/// <summary>
/// Which messages were acknowledged and how: an append-only text file, a line <c>ordinal code</c> each, in hand before the next
/// message goes out. The first line names the traffic, and a file of other traffic is refused. A torn last line counts
/// as never written: that message is sent again, with the same control id.
/// </summary>
public sealed class LabJournal : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream? file;
    private readonly Dictionary<long, string> codes = [];

    private LabJournal(FileStream? file) => this.file = file;

    public int Count
    {
        get
        {
            lock (gate)
            {
                return codes.Count;
            }
        }
    }

    /// <summary>A journal that ends with the process.</summary>
    public static LabJournal InMemory() => new(null);

    /// <param name="traffic">One line that identifies the traffic: seed, patients, start.</param>
    /// <exception cref="InvalidDataException">The file belongs to other traffic.</exception>
    public static LabJournal Open(string path, string traffic)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            var journal = new LabJournal(file);
            journal.Load(traffic);
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Contains(long ordinal)
    {
        lock (gate)
        {
            return codes.ContainsKey(ordinal);
        }
    }

    /// <summary>The codes by ordinal, as of now.</summary>
    public IReadOnlyDictionary<long, string> Codes()
    {
        lock (gate)
        {
            return new Dictionary<long, string>(codes);
        }
    }

    public void Add(long ordinal, string code)
    {
        lock (gate)
        {
            if (codes.TryAdd(ordinal, code))
            {
                file?.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ordinal} {code}\n")));
            }
        }
    }

    public void Dispose() => file?.Dispose();

    private void Load(string traffic)
    {
        var content = new byte[file!.Length];
        file.ReadExactly(content);
        var whole = content.AsSpan().LastIndexOf((byte)'\n') + 1;
        file.SetLength(whole);
        file.Position = whole;
        if (whole == 0)
        {
            file.Write(Encoding.ASCII.GetBytes(traffic + "\n"));
            return;
        }

        using var lines = new StringReader(Encoding.ASCII.GetString(content, 0, whole));
        if (lines.ReadLine() != traffic)
        {
            throw new InvalidDataException("The journal belongs to other traffic; remove it or use the same seed, patients and start.");
        }

        while (lines.ReadLine() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || !long.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
            {
                throw new InvalidDataException("The journal holds a line that is no acknowledgement.");
            }

            codes[ordinal] = line[(space + 1)..];
        }
    }
}

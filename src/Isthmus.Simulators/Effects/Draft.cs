using System.Buffers;
using System.Text;

namespace Isthmus.Simulators.Effects;

/// <summary>
/// One received request on its way into the log: its delivery key, whom it is about, and the named contents inside its body.
/// Holds a rented body; dispose it once the answer is written.
/// </summary>
internal sealed class Draft : IDisposable
{
    /// <summary>Names, subjects and delivery keys longer than this are refused: the log stores their length in one byte.</summary>
    public const int LongestName = byte.MaxValue;

    private readonly List<DraftItem> items = [];
    private readonly ArrayBufferWriter<byte> names = new(1024);
    private byte[] rented;

    public Draft(byte[] rented, int length)
    {
        this.rented = rented;
        Length = length;
    }

    public int Length { get; }

    public ReadOnlySpan<byte> Body => rented.AsSpan(0, Length);

    /// <summary>The sender's delivery key, empty if it sent none.</summary>
    public byte[] Delivery { get; init; } = [];

    /// <summary>Whom the request is about, such as <c>Patient/…</c>; empty if it does not say.</summary>
    public byte[] Subject { get; set; } = [];

    public int Count => items.Count;

    public ReadOnlySpan<DraftItem> Items => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(items);

    public ReadOnlySpan<byte> Name(in DraftItem item) => names.WrittenSpan.Slice(item.NameStart, item.NameLength);

    /// <summary>Adds what the body holds from <paramref name="start"/> under a name. False if the name is too long to log.</summary>
    public bool Add(ReadOnlySpan<byte> name, int start, int length)
    {
        if (name.Length is 0 or > LongestName)
        {
            return false;
        }

        var nameStart = names.WrittenCount;
        names.Write(name);
        items.Add(new DraftItem(
            nameStart, name.Length, start, length,
            Fingerprint.OfName(name), Fingerprint.OfContent(Body.Slice(start, length))));
        return true;
    }

    /// <summary>Does any part a fault may be aimed at contain <paramref name="text"/>?</summary>
    public bool Mentions(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Delivery.AsSpan().IndexOf(bytes) >= 0
            || Subject.AsSpan().IndexOf(bytes) >= 0
            || names.WrittenSpan.IndexOf(bytes) >= 0;
    }

    public void Dispose()
    {
        var returned = Interlocked.Exchange(ref rented, []);
        if (returned.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(returned, clearArray: true);
        }
    }
}

/// <summary>A named content: where its name stands among the names and its bytes in the body.</summary>
internal readonly record struct DraftItem(
    int NameStart, int NameLength, int Start, int Length, UInt128 Key, ulong Content);

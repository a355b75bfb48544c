using System.Text;
using Isthmus.Simulators.Effects;

namespace Isthmus.Simulators.Receiver;

/// <summary>
/// A received HL7 v2 message, taken apart as far as a receiver must: header, patient, and the business keys under which its effect
/// is counted: one per OBR (filler order number), else message type and patient; of an acknowledgement what it acknowledges.
/// </summary>
internal sealed class ReceivedMessage
{
    private readonly byte[] bytes;
    private readonly List<(int Start, int Length)> lines = [];
    private readonly byte separator;

    private ReceivedMessage(byte[] bytes)
    {
        this.bytes = bytes;
        separator = bytes[3];
        for (var at = 0; at < bytes.Length;)
        {
            var end = bytes.AsSpan(at).IndexOfAny((byte)'\r', (byte)'\n');
            var length = end < 0 ? bytes.Length - at : end;
            if (length > 3)
            {
                lines.Add((at, length));
            }

            at += length + 1;
        }
    }

    public string ControlId => Header(10);

    public string AcceptType => Header(15);

    public string ApplicationType => Header(16);

    public bool IsEnhanced => AcceptType.Length + ApplicationType.Length > 0;

    /// <summary>A field of MSH by its number, from 3.</summary>
    public string Header(int number) => Field(lines[0], number - 1);

    /// <summary>The control id that this acknowledges, if it is an acknowledgement.</summary>
    public string? Acknowledges => lines.Where(line => Is(line, "MSA"u8)).Select(line => Field(line, 2)).FirstOrDefault();

    /// <summary>An acknowledgement is answered only where it asks for that; any other message always.</summary>
    public bool WantsAnswer => Acknowledges is null || AcceptType.Length > 0;

    /// <summary>Null where there is no header.</summary>
    public static ReceivedMessage? Read(byte[] bytes) => bytes.AsSpan().StartsWith("MSH"u8) && bytes.Length > 8 ? new ReceivedMessage(bytes) : null;

    /// <summary>The message as the effect log takes it; null if a name in it is too long to log.</summary>
    public Draft? ToDraft()
    {
        var body = System.Buffers.ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(body, 0);
        var patient = lines.Where(line => Is(line, "PID"u8)).Select(line => Field(line, 3)).FirstOrDefault() ?? "";
        var draft = new Draft(body, bytes.Length) { Delivery = Encoding.Latin1.GetBytes(ControlId), Subject = Encoding.Latin1.GetBytes(patient) };
        var orders = lines.Where(line => Is(line, "OBR"u8)).ToArray();
        var good = draft.Delivery.Length is > 0 and <= Draft.LongestName && draft.Subject.Length <= Draft.LongestName;
        for (var i = 0; i < orders.Length && good; i++)
        {
            var end = i + 1 < orders.Length ? orders[i + 1].Start : bytes.Length;
            good = draft.Add(Encoding.Latin1.GetBytes($"OBR/{Field(orders[i], 3)}"), orders[i].Start, end - orders[i].Start);
        }

        if (orders.Length == 0 && good)
        {
            var start = lines.Count > 1 ? lines[1].Start : bytes.Length;
            good = draft.Add(Encoding.Latin1.GetBytes(Acknowledges is { } id ? $"ACK/{id}" : $"{Header(9)}/{patient}"), start, bytes.Length - start);
        }

        if (good)
        {
            return draft;
        }

        draft.Dispose();
        return null;
    }

    private bool Is((int Start, int Length) line, ReadOnlySpan<byte> name) => bytes.AsSpan(line.Start, line.Length).StartsWith(name);

    private string Field((int Start, int Length) line, int number)
    {
        var rest = bytes.AsSpan(line.Start, line.Length);
        for (; number > 0; number--)
        {
            var next = rest.IndexOf(separator);
            if (next < 0)
            {
                return "";
            }

            rest = rest[(next + 1)..];
        }

        var end = rest.IndexOf(separator);
        return Encoding.Latin1.GetString(end < 0 ? rest : rest[..end]);
    }
}

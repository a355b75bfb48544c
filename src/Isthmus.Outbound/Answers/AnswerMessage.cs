using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Isthmus.Hl7v2;

namespace Isthmus.Outbound.Answers;

/// <summary>
/// Writes an application acknowledgement as a message of its own (HL7 v2.5.1 §2.9.3): MSA-2 names the message it answers, MSH-15 asks
/// the sender to acknowledge it, MSH-16 asks for nothing more.
/// </summary>
internal static partial class AnswerMessage
{
    /// <param name="header">The MSH of the message that is answered.</param>
    /// <returns>Empty where the header cannot be read.</returns>
    public static ReadOnlyMemory<byte> Write(OwedAnswer answer, ReadOnlySpan<byte> header, DateTimeOffset time)
    {
        if (!Hl7Peek.TryRead(header, out var read))
        {
            return default;
        }

        var plain = new ArrayBufferWriter<byte>(512);
        Acknowledgement.Write(plain, header, read, answer.Code, time, answer.ControlId, answer.Error);
        var stamped = new ArrayBufferWriter<byte>(plain.WrittenCount + 16);
        HeaderStamp.Write(stamped, plain.WrittenSpan, [new HeaderValue(15, "AL"), new HeaderValue(16, "NE")]);
        return stamped.WrittenMemory;
    }

    /// <summary>A finding's location, such as <c>OBX[3]-14.1</c>, as ERR-2 has it; the whole message where it names no segment.</summary>
    public static Hl7Location Place(string location)
    {
        var found = Shape().Match(location);
        return found.Success
            ? new Hl7Location(found.Groups["segment"].Value, Number(found.Groups["occurrence"], 1), Number(found.Groups["field"], 0), 0, Number(found.Groups["component"], 0))
            : default;
    }

    private static int Number(Group group, int otherwise) =>
        group.Success ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"^(?<segment>[A-Z][A-Z0-9]{2})(\[(?<occurrence>\d{1,4})\])?(-(?<field>\d{1,3})(\.(?<component>\d{1,3}))?)?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}

using System.Globalization;
using System.Text;
using Isthmus.Hl7v2;

namespace Isthmus.Outbound.Connectors.Mllp;

/// <summary>An acknowledgement as far as it decides.</summary>
/// <param name="Code">MSA-1.</param>
/// <param name="ControlId">MSA-2: the message that is answered.</param>
/// <param name="Error">ERR-3.1, or before v2.5 ERR-1.4; 0 where there is none.</param>
/// <param name="WantsCommit">Whether the acknowledgement itself asks to be acknowledged (its MSH-15 is AL or SU).</param>
/// <param name="Header">Its header, for that answer.</param>
internal sealed record MllpAnswer(string Code, string ControlId, int Error, bool WantsCommit, ReadOnlyMemory<byte> Header)
{
    /// <summary>The receiver has taken responsibility for the message, and has not yet worked it.</summary>
    public bool IsCommit => Code is "CA" or "CE" or "CR";

    public bool IsAccepted => Code is "AA" or "CA";

    public override string ToString() => $"{nameof(MllpAnswer)} {Code}";

    /// <summary>Null where the frame is no acknowledgement. Keeps nothing of <paramref name="frame"/>.</summary>
    public static MllpAnswer? Read(ReadOnlyMemory<byte> frame)
    {
        var read = Hl7Message.Parse(frame);
        if (read.Message is not { } message || !message.First("MSA").Exists)
        {
            return null;
        }

        var said = message.First("MSA");
        var code = Encoding.Latin1.GetString(said[1].Raw);
        if (code is not ("AA" or "AE" or "AR" or "CA" or "CE" or "CR"))
        {
            return null;
        }

        var error = message.First("ERR");
        var asked = Encoding.Latin1.GetString(message.Msh[15].Raw);
        return new MllpAnswer(
            code,
            Encoding.Latin1.GetString(said[2].Raw),
            error.Exists ? Number(error[3].Component(1).Raw) is > 0 and var modern ? modern : Number(error[1].Component(4).Raw) : 0,
            asked is "AL" or "SU",
            message.Msh.Raw.ToArray());
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= short.MaxValue ? number : 0;
}

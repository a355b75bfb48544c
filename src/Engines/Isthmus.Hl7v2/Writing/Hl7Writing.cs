using System.Buffers;
using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>What the segments of one message share while they are written: delimiters, character set, findings.</summary>
internal sealed class Hl7Writing
{
    /// <summary>As many as a reader lists: a person reads no further.</summary>
    private readonly Hl7Findings findings = new(Hl7Limits.DefaultFindings);
    private readonly Hl7Escaping escaping;
    private readonly EditedCharset? charset;

    /// <param name="charset">Null for UTF-8.</param>
    public Hl7Writing(Hl7Delimiters delimiters, EditedCharset? charset = null)
    {
        Delimiters = delimiters;
        this.charset = charset;
        escaping = new(delimiters);
    }

    public Hl7Delimiters Delimiters { get; }

    public IReadOnlyList<Hl7Finding> Findings => findings.List;

    public void Clear() => findings.Clear();

    public void Refuse(string ruleId, Hl7Location place) => findings.Add(ruleId, place, 0);

    public bool IsPlain(ReadOnlySpan<byte> utf8) => Ascii.IsValid(utf8) && escaping.IsPlain(utf8);

    /// <returns>Null, or the rule that keeps the text from being written.</returns>
    public string? Write(ReadOnlySpan<byte> utf8, Span<byte> raw, out int written)
    {
        var rule = escaping.Write(utf8, raw, out written);
        if (rule is not null || charset is null || Ascii.IsValid(utf8))
        {
            return rule;
        }

        if (!charset.Holds(utf8))
        {
            return Hl7Rules.WriteCharset;
        }

        var encoded = new ArrayBufferWriter<byte>(written);
        charset.WriteText(raw[..written], encoded);
        encoded.WrittenSpan.CopyTo(raw);
        written = encoded.WrittenCount;
        return null;
    }

    /// <summary>A part beyond the first needs its delimiter.</summary>
    public string? MissingDelimiter(int repetition, int component, int subcomponent) =>
        (repetition > 1 && Delimiters.Repetition == 0) || (component > 1 && Delimiters.Component == 0)
        || (subcomponent > 1 && Delimiters.Subcomponent == 0)
            ? Hl7Rules.WriteDelimiterMissing
            : null;
}

using System.Text.Unicode;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Json;

/// <summary>
/// Strict JSON over bytes onto a <see cref="FhirTape"/>. The first fault ends the reading and is returned, never thrown.
/// The tape refers to the bytes it was given: they must not change while it is in use.
/// </summary>
public static class FhirJsonReader
{
    /// <summary>Compact resources come to 18 and more bytes per value; for what has more of them the tape grows.</summary>
    private const int BytesPerNode = 16;

    /// <summary>Reads one FHIR resource: an object with a known resourceType and no property twice.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="limits">What the document may cost.</param>
    /// <param name="into">A tape to use again, for reading one document after another without new memory; what it held is gone.</param>
    public static FhirReadResult Read(ReadOnlyMemory<byte> json, FhirJsonLimits? limits = null, FhirTape? into = null)
    {
        var result = Parse(json, limits ?? FhirJsonLimits.Default, into, duplicatesAllowed: false);
        if (result.Fault is not null)
        {
            return result;
        }

        var type = result.Root["resourceType"u8];
        return result.Root.Kind != FhirKind.Object || type.Kind != FhirKind.String ? Refused(JsonRules.NotAResource, result.Root.Position)
            : FhirSchema.R4.Type(type.AsString()!) is not { IsResource: true } ? Refused(JsonRules.UnknownResource, type.Position)
            : result;
    }

    /// <summary>Reads any JSON text by RFC 8259, which leaves duplicate names to the reader; the first one counts here.</summary>
    /// <inheritdoc cref="Read"/>
    public static FhirReadResult ReadJson(ReadOnlyMemory<byte> json, FhirJsonLimits? limits = null, FhirTape? into = null) =>
        Parse(json, limits ?? FhirJsonLimits.Default, into, duplicatesAllowed: true);

    private static FhirReadResult Parse(ReadOnlyMemory<byte> json, FhirJsonLimits limits, FhirTape? into, bool duplicatesAllowed)
    {
        if (json.Length > limits.MaxBytes)
        {
            return Refused(JsonRules.TooLarge, new JsonPosition(0, 1, 1));
        }

        var text = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(json, out var segment) && segment.Offset == 0 ? segment.Array! : json.ToArray();
        if (!Utf8.IsValid(json.Span))
        {
            return Refused(JsonRules.Utf8, JsonPosition.Of(json.Span, FirstInvalid(json.Span)));
        }

        var tape = into ?? new FhirTape(Math.Max(16, json.Length / BytesPerNode), text, json.Length);
        tape.Begin(text, json.Length);
        var parser = new JsonParser(tape, limits, duplicatesAllowed);
        return parser.Run() ? new FhirReadResult(tape, null) : Refused(parser.Fault, JsonPosition.Of(json.Span, parser.FaultOffset));
    }

    private static FhirReadResult Refused((string Rule, string Message) rule, JsonPosition position) =>
        new(null, new FhirFault(rule.Rule, position, rule.Message));

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var offset = 0;
        while (offset < text.Length && System.Text.Rune.DecodeFromUtf8(text[offset..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }
}

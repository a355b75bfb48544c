using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;

namespace Isthmus.Mapping.Reverse;

/// <summary>A conversion of the reverse maps. The set is closed: maps combine functions, sites do not add code.</summary>
/// <param name="Targets">How many places it writes, or 0 for the parts of one.</param>
/// <param name="MinSources">How many expressions it needs.</param>
/// <param name="TakesAll">Whether it takes all items of the first expression at once.</param>
internal sealed record ReverseFunction(string Name, int Targets, int MinSources, bool TakesAll, ReverseAction Apply);

internal static class ReverseFunctions
{
    public static IReadOnlyDictionary<string, ReverseFunction> All { get; } = new[]
    {
        new ReverseFunction("text", 1, 1, false, Text),
        new ReverseFunction("join", 1, 1, true, Join),
        new ReverseFunction("implied", 1, 1, true, Implied),
        new ReverseFunction("event-code", 1, 1, false, EventCode),
        new ReverseFunction("codings", 0, 1, true, ReverseCodings.Several),
        new ReverseFunction("coding", 0, 1, false, ReverseCodings.Single),
        new ReverseFunction("code", 1, 1, false, ReverseCodings.Code),
        new ReverseFunction("system", 1, 1, false, ReverseCodings.System),
        new ReverseFunction("authority", 3, 1, false, ReverseCodings.Authority),
        new ReverseFunction("universal-id", 2, 1, false, ReverseCodings.UniversalId),
        new ReverseFunction("units", 0, 1, false, ReverseCodings.Units),
        new ReverseFunction("quantity", 1, 1, false, Quantity),
        new ReverseFunction("duration", 2, 2, false, ReverseDates.Duration),
        new ReverseFunction("media-type", 2, 1, false, MediaType),
        new ReverseFunction("set-id", 1, 0, false, SetId),
        new ReverseFunction("ordinal", 1, 0, false, static (run, in given) => Put(run, given, run.Ordinal.ToString(CultureInfo.InvariantCulture))),
        new ReverseFunction("now", 1, 0, false, Now),
        new ReverseFunction("message-number", 1, 1, false, MessageNumbers.Given),
        new ReverseFunction("content-number", 1, 0, false, MessageNumbers.OfContent),
        new ReverseFunction("control-id", 1, 0, false, static (run, in given) => Put(run, given, run.Context.ControlId)),
        new ReverseFunction("sending-application", 1, 0, false, static (run, in given) => Put(run, given, run.Context.SendingApplication)),
        new ReverseFunction("sending-facility", 1, 0, false, static (run, in given) => Put(run, given, run.Context.SendingFacility)),
        new ReverseFunction("receiving-application", 1, 0, false, static (run, in given) => Put(run, given, run.Context.ReceivingApplication)),
        new ReverseFunction("receiving-facility", 1, 0, false, static (run, in given) => Put(run, given, run.Context.ReceivingFacility)),
        new ReverseFunction("processing-id", 1, 0, false, static (run, in given) => Put(run, given, run.Context.ProcessingId)),
        new ReverseFunction("version", 1, 0, false, static (run, in given) => Put(run, given, run.Context.Version)),
        new ReverseFunction("message-code", 1, 0, false, static (run, in given) => Put(run, given, run.Structure[..3])),
        new ReverseFunction("event", 1, 0, false, static (run, in given) => Put(run, given, run.Event)),
        new ReverseFunction("structure", 1, 0, false, static (run, in given) => Put(run, given, run.Structure)),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>A primitive as v2 writes its type: dates and times in digits, booleans as Y and N, everything else as it stands.</summary>
    public static void Text(ReverseRun run, in Given given)
    {
        if (given.Target() is not { } at)
        {
            run.Find(ReverseRules.Depth, given.Item.Element);
            return;
        }

        var item = given.Item;
        switch (item.TypeName)
        {
            case "date" or "dateTime" or "instant" or "Date" or "DateTime":
                ReverseDates.Write(run, at, item);
                return;
            case "time" or "Time":
                run.Write(at, Encoding.ASCII.GetBytes((item.AsString() ?? string.Empty).Replace(":", string.Empty, StringComparison.Ordinal)), item.Element);
                return;
            case "boolean" or "Boolean":
                run.Write(at, item.AsBoolean() == true ? "Y"u8 : "N"u8, item.Element);
                return;
            default:
                if (item.IsElement)
                {
                    run.Write(at, item.Element.Text, item.Element);
                }
                else
                {
                    run.Write(at, Encoding.UTF8.GetBytes(item.AsString() ?? string.Empty), default);
                }

                return;
        }
    }

    /// <summary>Every item in one text, a space between.</summary>
    private static void Join(ReverseRun run, in Given given)
    {
        if (given.Target() is not { } at)
        {
            run.Find(ReverseRules.Depth, given.Item.Element);
            return;
        }

        var texts = new List<string>();
        foreach (var item in given.Items)
        {
            texts.Add(item.AsString() ?? string.Empty);
        }

        if (!run.Write(at, Encoding.UTF8.GetBytes(string.Join(' ', texts)), default))
        {
            return;
        }

        foreach (var item in given.Items)
        {
            run.Read(item.Element);
        }
    }

    /// <summary>What a place that has a value says besides: nothing is written.</summary>
    private static void Implied(ReverseRun run, in Given given)
    {
        if (given.Target() is not { } at || !run.Sheet.Has(at))
        {
            return;
        }

        foreach (var item in given.Items)
        {
            run.Read(item.Element);
        }
    }

    /// <summary>A code that the table has for the message's event is said by the event: nothing is written.</summary>
    private static void EventCode(ReverseRun run, in Given given)
    {
        if (given.Vocabulary?.Forward.Find(Encoding.UTF8.GetBytes(run.Event)) is { } told && given.Item.Element.TextEquals(told.Code))
        {
            run.Read(given.Item.Element);
        }
    }

    /// <summary>A Quantity's number with its comparator, as NM is sent in practice; the digits stay as they are.</summary>
    private static void Quantity(ReverseRun run, in Given given)
    {
        var quantity = given.Item.Element;
        var value = quantity["value"u8];
        if (given.Target() is not { } at || !value.Exists)
        {
            return;
        }

        if (run.Write(at, [.. quantity["comparator"u8].Text, .. Plain(value)], value))
        {
            run.Read(quantity["comparator"u8]);
        }
    }

    /// <summary>A JSON number without exponent, which NM does not know.</summary>
    private static ReadOnlySpan<byte> Plain(FhirElement number) =>
        number.Text.IndexOfAny((byte)'e', (byte)'E') < 0 || number.AsDecimal() is not { } value ? number.Text : Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A media type as table 0191 and 0291 name it.</summary>
    private static void MediaType(ReverseRun run, in Given given)
    {
        if (given.Target() is not { } type || given.Target(1) is not { } subtype)
        {
            return;
        }

        var name = given.Item.AsString() ?? string.Empty;
        var (of, what) = name switch
        {
            "application/pdf" => ("application", "PDF"),
            "application/octet-stream" => ("application", "Octet-stream"),
            "text/plain" => ("TEXT", string.Empty),
            "text/html" => ("TEXT", "HTML"),
            "application/xml" => ("application", "XML"),
            "application/rtf" => ("application", "RTF"),
            "image/jpeg" => ("Image", "JPEG"),
            "image/png" => ("Image", "PNG"),
            "image/gif" => ("Image", "GIF"),
            "image/tiff" => ("Image", "TIFF"),
            "application/dicom" => ("Image", "DICOM"),
            "image/x-pict" => ("Image", "PICT"),
            "audio/basic" => ("Audio", "BASIC"),
            "application/hl7-cda-xml" => ("multipart", "x-hl7-cda-level-one"),
            _ => (string.Empty, name),
        };
        if (run.Write(type, Encoding.ASCII.GetBytes(of), default) & run.Write(subtype, Encoding.UTF8.GetBytes(what), default))
        {
            run.Read(given.Item.Element);
        }
    }

    /// <summary>Which of its kind the segment is, within the group around it.</summary>
    private static void SetId(ReverseRun run, in Given given) => Put(run, given, run.SetId.ToString(CultureInfo.InvariantCulture));

    private static void Now(ReverseRun run, in Given given) =>
        Put(run, given, run.Context.Now.ToString("yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture).Replace(":", string.Empty, StringComparison.Ordinal));

    private static void Put(ReverseRun run, in Given given, string? text)
    {
        if (given.Target() is { } at && text is not null)
        {
            run.Write(at, Encoding.UTF8.GetBytes(text), default);
        }
    }
}

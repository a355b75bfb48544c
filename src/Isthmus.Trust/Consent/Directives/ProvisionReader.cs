using Isthmus.Fhir.Elements;

namespace Isthmus.Trust.Consent.Directives;

/// <summary>One Consent.provision and those below it; null when any part is not understood.</summary>
internal static class ProvisionReader
{
    public static ConsentProvision? Read(FhirElement provision, bool? effect, int depth)
    {
        if (depth > ConsentReader.MaxDepth || !OnlyKnown(provision))
        {
            return null;
        }

        var permits = effect ?? EffectOf(provision["type"u8].AsString());
        var good = permits is not null;
        var exceptions = new List<ConsentProvision>();
        foreach (var below in provision["provision"u8])
        {
            if (Read(below, null, depth + 1) is { } exception)
            {
                exceptions.Add(exception);
            }
            else
            {
                good = false;
            }
        }

        var rule = new ConsentProvision(
            permits ?? false,
            Period(provision["period"u8], ref good),
            Period(provision["dataPeriod"u8], ref good),
            Each(provision["purpose"u8], Code, ref good),
            Each(provision["action"u8], ConceptCode, ref good),
            Each(provision["actor"u8], Actor, ref good),
            Each(provision["securityLabel"u8], Code, ref good),
            Each(provision["class"u8], Code, ref good),
            Codes(provision["code"u8], ref good),
            Each(provision["data"u8], Data, ref good),
            exceptions);
        return good ? rule : null;
    }

    private static bool OnlyKnown(FhirElement provision)
    {
        foreach (var child in provision)
        {
            // A primitive's `_sibling` adds an id or extensions, which change no meaning.
            if (!child.IsSibling && !IsKnown(child.Name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsKnown(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("id"u8) || name.SequenceEqual("extension"u8) || name.SequenceEqual("type"u8)
        || name.SequenceEqual("period"u8) || name.SequenceEqual("dataPeriod"u8) || name.SequenceEqual("purpose"u8)
        || name.SequenceEqual("action"u8) || name.SequenceEqual("actor"u8) || name.SequenceEqual("securityLabel"u8)
        || name.SequenceEqual("class"u8) || name.SequenceEqual("code"u8) || name.SequenceEqual("data"u8)
        || name.SequenceEqual("provision"u8);

    private static bool? EffectOf(string? type) => type switch { "permit" => true, "deny" => false, _ => null };

    private static ConsentPeriod? Period(FhirElement period, ref bool good)
    {
        if (!period.Exists)
        {
            return null;
        }

        var (start, end) = (period["start"u8], period["end"u8]);
        var read = new ConsentPeriod(ConsentMoment.Parse(start.AsString()), ConsentMoment.Parse(end.AsString()));
        good &= start.Exists == read.Start is not null && end.Exists == read.End is not null && (start.Exists || end.Exists);
        return read;
    }

    private static List<T> Each<T>(FhirElement items, Func<FhirElement, T?> read, ref bool good)
        where T : class
    {
        var values = new List<T>();
        foreach (var item in items)
        {
            if (read(item) is { } value)
            {
                values.Add(value);
            }
            else
            {
                good = false;
            }
        }

        return values;
    }

    private static string? Code(FhirElement coding) => coding["code"u8].AsString();

    private static string? ConceptCode(FhirElement concept) => concept["coding"u8]["code"u8].AsString();

    /// <summary>A concept is any of its codings; one in words only says nothing that can be compared.</summary>
    private static List<string> Codes(FhirElement concepts, ref bool good)
    {
        var codes = new List<string>();
        foreach (var concept in concepts)
        {
            var before = codes.Count;
            foreach (var coding in concept["coding"u8])
            {
                if (coding["code"u8].AsString() is { } code)
                {
                    codes.Add($"{coding["system"u8].AsString()}|{code}");
                }
            }

            good &= codes.Count > before;
        }

        return codes;
    }

    private static ConsentActor? Actor(FhirElement actor) =>
        ConceptCode(actor["role"u8]) is { } role && Reference(actor["reference"u8]) is { } reference ? new ConsentActor(role, reference) : null;

    /// <summary>The meanings <c>related</c> and <c>dependents</c> would need the record to be searched; they are not understood here.</summary>
    private static ConsentData? Data(FhirElement data) => (data["meaning"u8].AsString(), Reference(data["reference"u8])) switch
    {
        ("instance", { } reference) => new ConsentData(false, reference),
        ("authoredby", { } reference) => new ConsentData(true, reference),
        _ => null,
    };

    private static string? Reference(FhirElement reference)
    {
        var identifier = reference["identifier"u8];
        return reference["reference"u8].AsString()
            ?? (identifier["value"u8].AsString() is { } value ? $"{identifier["system"u8].AsString()}|{value}" : null);
    }
}

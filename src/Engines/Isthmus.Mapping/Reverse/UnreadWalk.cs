using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>Which elements of the resources the message does not say.</summary>
internal static class UnreadWalk
{
    /// <summary>Says that there is nothing, which v2 says by saying nothing.</summary>
    private static ReadOnlySpan<byte> DataAbsent => "http://hl7.org/fhir/StructureDefinition/data-absent-reason"u8;

    public static IEnumerable<FhirElement> Of(ReverseRun run)
    {
        foreach (var (resource, type, _) in run.Index.All)
        {
            if (type == "Provenance")
            {
                continue;
            }

            foreach (var unread in Within(run, resource, isResource: true))
            {
                yield return unread;
            }
        }
    }

    /// <summary>Whether a resource says something and nothing of it was read.</summary>
    public static bool IsUnplaced(ReverseRun run, FhirElement resource)
    {
        if (IsTouched(run, resource))
        {
            return false;
        }

        foreach (var child in resource)
        {
            if (!IsExchange(child) && !IsSilent(run, child))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the message says an element: it or what it stands in was read as a whole, or each of its parts was.</summary>
    public static bool IsSaid(ReverseRun run, FhirElement element)
    {
        for (var around = element; around.Exists; around = around.Parent)
        {
            if (run.IsRead(around))
            {
                return true;
            }
        }

        return IsSaidByParts(run, element);
    }

    private static bool IsSaidByParts(ReverseRun run, FhirElement element)
    {
        foreach (var child in element)
        {
            if (!run.IsRead(child) && !IsSilent(run, child) && !IsSaidByParts(run, child))
            {
                return false;
            }
        }

        return element.FirstChild.Exists;
    }

    /// <summary>Whether anything of an element was read.</summary>
    private static bool IsTouched(ReverseRun run, FhirElement element)
    {
        if (run.IsRead(element))
        {
            return true;
        }

        foreach (var child in element)
        {
            if (IsTouched(run, child))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<FhirElement> Within(ReverseRun run, FhirElement element, bool isResource)
    {
        foreach (var child in element)
        {
            if (run.IsRead(child) || (isResource && IsExchange(child)) || IsSilent(run, child))
            {
                continue;
            }

            if (!child.FirstChild.Exists)
            {
                yield return child;
                continue;
            }

            var isEntry = child.Name.IsEmpty || child.Kind != FhirKind.Array;
            if (isEntry && !IsTouched(run, child))
            {
                yield return child;
                continue;
            }

            foreach (var unread in Within(run, child, isResource: false))
            {
                yield return unread;
            }
        }
    }

    private static bool IsExchange(FhirElement property) =>
        property.Name.SequenceEqual("resourceType"u8) || property.Name.SequenceEqual("id"u8)
        || property.Name.SequenceEqual("text"u8) || property.Name.SequenceEqual("implicitRules"u8);

    private static bool IsEnvelope(ReverseRun run, FhirElement property) =>
        (property.Name.SequenceEqual("reference"u8) && property.AsString() is { } text && (text.StartsWith('#') || run.Index.Resolve(text).Exists))
        || property.Name.SequenceEqual("url"u8) || property.Name.SequenceEqual("versionId"u8) || property.Name.SequenceEqual("lastUpdated"u8)
        || property.Name.SequenceEqual("profile"u8) || property["url"u8].TextEquals(DataAbsent);

    /// <summary>Whether an element says nothing of its own.</summary>
    private static bool IsSilent(ReverseRun run, FhirElement element)
    {
        if (IsEnvelope(run, element))
        {
            return true;
        }

        foreach (var child in element)
        {
            if (!IsSilent(run, child))
            {
                return false;
            }
        }

        return element.FirstChild.Exists;
    }
}

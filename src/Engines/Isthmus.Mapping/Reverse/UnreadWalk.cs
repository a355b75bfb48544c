using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// Which elements of the resources the message does not say: valued ones that no rule wrote, the outermost where nothing within was read.
/// Every resource is walked once.
/// </summary>
internal sealed class UnreadWalk
{
    private readonly ReverseRun run;
    private readonly List<FhirElement> lost = [];
    private readonly List<FhirElement> open = [];

    private UnreadWalk(ReverseRun run) => this.run = run;

    /// <summary>Of an unknown value v2 says nothing; any other reason is lost with it.</summary>
    private static ReadOnlySpan<byte> DataAbsent => "http://hl7.org/fhir/StructureDefinition/data-absent-reason"u8;

    /// <summary>Walks everything that was given and tells of what is lost: a finding for each, or one for a resource of which nothing is said.</summary>
    public static IReadOnlyList<FhirElement> Find(ReverseRun run, ReverseMessage message)
    {
        var walk = new UnreadWalk(run);
        var unplaced = new UnplacedResources(run, message);
        foreach (var (resource, type) in run.Index.All)
        {
            // Provenance tells of the exchange, and is no content of it.
            if (type == "Provenance")
            {
                continue;
            }

            var (before, openBefore) = (walk.lost.Count, walk.open.Count);
            var (isTouched, isLost) = walk.Visit(resource, isResource: true);
            if (isLost && !isTouched && type != "MessageHeader")
            {
                unplaced.Find(resource, type);
            }
            else
            {
                walk.Tell(before, openBefore);
            }
        }

        return walk.lost;
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

        return element.FirstChild.Exists && !new UnreadWalk(run).Visit(element, isResource: false).IsLost;
    }

    /// <summary>A finding for each element that is lost: of a reference, that it leads nowhere or that nothing says it.</summary>
    private void Tell(int from, int openFrom)
    {
        for (var i = from; i < lost.Count; i++)
        {
            var at = ReferenceAround(lost[i]);
            if (!at.Exists)
            {
                run.Find(ReverseRules.ElementUnsaid, lost[i]);
            }
            else if (IsResolved(at))
            {
                run.Find(ReverseRules.ReferenceUnsaid, at);
            }
        }

        foreach (var reference in open[openFrom..])
        {
            run.Find(ReverseRules.ReferenceOpen, reference);
        }
    }

    /// <summary>Whether anything of an element was read, and whether anything of it was not.</summary>
    private (bool IsTouched, bool IsLost) Visit(FhirElement element, bool isResource)
    {
        var (isTouched, isLost) = (isResource && run.IsRead(element), false);
        foreach (var child in element)
        {
            if (run.IsRead(child) || run.IsFound(child))
            {
                isTouched = true;
            }
            else if (!child.FirstChild.Exists)
            {
                isLost |= Look(child);
            }
            else if (!(isResource && child.Name.SequenceEqual("text"u8)) && !(child["url"u8].TextEquals(DataAbsent) && child["valueCode"u8].TextEquals("unknown"u8)))
            {
                var before = lost.Count;
                var within = Visit(child, isResource: false);
                if (within.IsLost && !within.IsTouched && (child.Name.IsEmpty || child.Kind != FhirKind.Array))
                {
                    lost.RemoveRange(before, lost.Count - before);
                    lost.Add(child);
                }

                isTouched |= within.IsTouched;
                isLost |= within.IsLost;
            }
        }

        return (isTouched, isLost);
    }

    /// <summary>Whether a value is lost.</summary>
    private bool Look(FhirElement value)
    {
        if (IsExchange(value) || (value.Name.SequenceEqual("reference"u8) && IsImplied(value)))
        {
            return false;
        }

        lost.Add(value);
        if (value.Name.SequenceEqual("reference"u8) && !IsResolved(value.Parent))
        {
            open.Add(value.Parent);
        }

        return true;
    }

    /// <summary>What serves the exchange alone: ids, what an extension is called, the server's own metadata, and what a resource is called beside a reference to it.</summary>
    private bool IsExchange(FhirElement value)
    {
        var name = value.Name;
        return name.Length switch
        {
            2 => name.SequenceEqual("id"u8),
            3 => name.SequenceEqual("url"u8) && IsExtension(value.Parent),
            4 => name.SequenceEqual("type"u8) && IsResolved(value.Parent),
            7 => (name.SequenceEqual("display"u8) && IsResolved(value.Parent)) || (name.SequenceEqual("profile"u8) && IsMeta(value.Parent)),
            _ => name.SequenceEqual("resourceType"u8) || name.SequenceEqual("implicitRules"u8)
                || ((name.SequenceEqual("versionId"u8) || name.SequenceEqual("lastUpdated"u8)) && IsMeta(value.Parent))
                || (name.IsEmpty && value.Parent.Name.SequenceEqual("profile"u8) && IsMeta(value.Parent.Parent)),
        };
    }

    private static bool IsExtension(FhirElement element) =>
        element.Parent.Name.SequenceEqual("extension"u8) || element.Parent.Name.SequenceEqual("modifierExtension"u8);

    private static bool IsMeta(FhirElement element) => element.Name.SequenceEqual("meta"u8);

    /// <summary>Whether an element is a Reference to what is here.</summary>
    private bool IsResolved(FhirElement element) =>
        element["reference"u8].AsString() is { } text && (text.StartsWith('#') || run.Index.Resolve(text).Exists);

    /// <summary>
    /// Whether the place says a reference: what is contained stands where it is, whose segments these are PID says, and of which visit PV1
    /// where there is one; a result is of the specimen beside it. MessageHeader refers to what the message is about.
    /// </summary>
    private bool IsImplied(FhirElement reference)
    {
        if (reference.AsString() is not { } text || text.StartsWith('#'))
        {
            return reference.Exists;
        }

        var target = run.Index.Resolve(text);
        if (!target.Exists)
        {
            return false;
        }

        var resource = ReverseRun.ResourceOf(reference);
        var name = reference.Parent.Name.IsEmpty ? reference.Parent.Parent.Name : reference.Parent.Name;
        var type = run.Index.TypeOf(resource);
        return run.Index.TypeOf(target) switch
        {
            _ when type == "MessageHeader" && name.SequenceEqual("focus"u8) => true,
            "Patient" => (name.SequenceEqual("subject"u8) || name.SequenceEqual("patient"u8) || name.SequenceEqual("beneficiary"u8))
                && (run.PatientOf(resource) == target || run.Index.OfType("Patient").Count == 1),
            "Encounter" => (name.SequenceEqual("encounter"u8) || name.SequenceEqual("context"u8)) && run.Index.OfType("Encounter").Count == 1,
            "Appointment" => name.SequenceEqual("appointment"u8) && run.Index.OfType("Appointment").Count == 1,
            "Specimen" => name.SequenceEqual("specimen"u8) && run.SpecimenBeside(resource) == target,
            "Coverage" => name.SequenceEqual("coverage"u8) && type == "Account" && run.Index.OfType("Account").Count == 1,
            "Account" => name.SequenceEqual("account"u8) && type == "Encounter" && run.Index.OfType("Account").Count == 1,
            _ => false,
        };
    }

    /// <summary>The Reference that an element is, or is the literal of; absent for any other.</summary>
    private static FhirElement ReferenceAround(FhirElement element) =>
        element.Name.SequenceEqual("reference"u8) && element.Kind == FhirKind.String ? element.Parent : element["reference"u8].Kind == FhirKind.String ? element : default;
}

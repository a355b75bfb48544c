using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// What of the resources a message says, and which references were followed to say it: that one resource refers to another is said where
/// something of the other was written by way of the reference.
/// </summary>
internal sealed class SaidElements
{
    private readonly HashSet<FhirElement> elements = [];
    private readonly List<(FhirElement Reference, FhirElement Target)> followed = [];

    /// <summary>How often anything was said, the same once more included: whether a rule said something is told by this.</summary>
    public int Times { get; private set; }

    /// <summary>How many references the evaluations in hand followed.</summary>
    public int Followed => followed.Count;

    public bool Has(FhirElement element) => elements.Contains(element);

    /// <summary>Notes that the message says what an element says, with all that is in it.</summary>
    public void Add(FhirElement element)
    {
        if (element.Exists)
        {
            Times++;
            elements.Add(element);
        }
    }

    /// <summary>Notes that something was said that no element alone stands for.</summary>
    public void Add() => Times++;

    /// <summary>Hears of a reference that an expression followed.</summary>
    public void Follow(FhirElement reference, FhirElement target)
    {
        if (reference.Exists)
        {
            followed.Add((reference, target));
        }
    }

    /// <summary>Forgets the references that were followed since there were so many.</summary>
    public void Forget(int from) => followed.RemoveRange(from, followed.Count - from);

    /// <summary>Says the references by which an evaluation came to a resource, each that leads to it and those that led there.</summary>
    /// <param name="to">Absent for a value that was computed, which may be of any of them.</param>
    public void AddWay(Trail trail, FhirElement to)
    {
        for (var i = trail.To - 1; i >= trail.From; i--)
        {
            var (reference, target) = followed[i];
            if (to.Exists && target != to)
            {
                continue;
            }

            elements.Add(reference.Kind == FhirKind.Object ? reference["reference"u8] : reference);
            if (to.Exists)
            {
                AddWay(trail with { To = i }, ReverseRun.ResourceOf(reference));
            }
        }
    }
}

/// <summary>The references that one evaluation followed, from the first to before the last.</summary>
internal readonly record struct Trail(int From, int To)
{
    public bool IsEmpty => From == To;
}

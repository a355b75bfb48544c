using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Profiles;

/// <summary>The slice that an occurrence came nearest to without belonging to it, and the test it failed.</summary>
internal struct NearSlice
{
    private int slice = -1;
    private int passed = -1;
    private SliceTest? failed;

    public NearSlice()
    {
    }

    /// <summary>A test could not be decided, so that nothing may be said of slices that seem to be missing.</summary>
    public bool Undecided { get; set; }

    public void Offer(int candidate, int testsPassed, SliceTest test)
    {
        if (testsPassed > passed)
        {
            (slice, passed, failed) = (candidate, testsPassed, test);
        }
    }

    public readonly string Told(SlicingShape slicing)
    {
        if (failed is null)
        {
            return "";
        }

        var wanted = failed.Kind switch
        {
            SliceTestKind.Fixed or SliceTestKind.Pattern => $"does not have {ValueMatch.Shown(failed.Value)}",
            SliceTestKind.Binding => $"has no code of {failed.Binding!.ValueSet}",
            SliceTestKind.Type => $"is no {string.Join(" or ", failed.Any)}",
            SliceTestKind.Profile => $"does not fulfil {string.Join(" or ", failed.Any)}",
            SliceTestKind.Exists => "is missing",
            SliceTestKind.Absent => "is there",
            _ => "stands elsewhere",
        };
        return $"The slice {slicing.Slices[slice].Name} came closest, but {failed.Label} {wanted}.";
    }
}

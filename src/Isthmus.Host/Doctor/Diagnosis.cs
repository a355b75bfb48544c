namespace Isthmus.Host.Doctor;

internal enum Verdict
{
    Ok,

    /// <summary>It runs, but it is not as it should be for more than a trial.</summary>
    Warning,

    /// <summary>It does not run, or it is not safe to let it run.</summary>
    Fault,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">Stable id, e.g. <c>store.fsync</c>.</param>
/// <param name="Said">What was found, as a sentence.</param>
/// <param name="Remedy">What helps; null when all is well.</param>
internal sealed record Diagnosis(string Check, Verdict Verdict, string Said, string? Remedy = null)
{
    public static Diagnosis Ok(string check, string said) => new(check, Verdict.Ok, said);

    public static Diagnosis Warning(string check, string said, string remedy) => new(check, Verdict.Warning, said, remedy);

    public static Diagnosis Fault(string check, string said, string remedy) => new(check, Verdict.Fault, said, remedy);

    /// <summary>Ok when it holds, else the given verdict with its remedy.</summary>
    public static Diagnosis When(bool holds, string check, string said, Verdict otherwise, string remedy) =>
        holds ? Ok(check, said) : new Diagnosis(check, otherwise, said, remedy);
}

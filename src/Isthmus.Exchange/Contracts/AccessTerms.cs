namespace Isthmus.Exchange.Contracts;

/// <summary>
/// The access policy of a site as written: which named actions exist, by which scopes they are reached, and which of them applications of
/// a class may do. What it does not name is denied.
/// </summary>
/// <param name="Name">E.g. <c>demo-access</c>.</param>
public sealed record AccessTerms(string Name, string Version, IReadOnlyList<ActionTerms> Actions, IReadOnlyList<AppClassTerms> Classes)
{
    /// <summary>As decisions record it: <c>demo-access@1.0.0</c>.</summary>
    public string Id => $"{Name}@{Version}";
}

/// <summary>One thing that may be done, in clinical words.</summary>
/// <param name="Name">E.g. <c>read-results</c>.</param>
/// <param name="Says">What it means to somebody who knows no interface.</param>
/// <param name="Permits">Scopes without their level that reach it: <c>Observation.rs</c>, or an operation's own word such as <c>hl7v2:send</c>.</param>
/// <param name="Operations">FHIR operations it consists of, e.g. <c>$export</c>.</param>
/// <param name="Needs">What the operations need, as <paramref name="Permits"/> is written.</param>
public sealed record ActionTerms(
    string Name, string Says, IReadOnlyList<string> Permits, IReadOnlyList<string> Operations, IReadOnlyList<string> Needs);

/// <param name="Levels">Scope levels it may hold: <c>system</c>, <c>user</c>, <c>patient</c>.</param>
/// <param name="Actions">Names of <see cref="AccessTerms.Actions"/>.</param>
public sealed record AppClassTerms(AppClass Class, IReadOnlyList<string> Levels, IReadOnlyList<string> Actions);

/// <summary>What kind of application a client is; the most it may ever be given hangs on it.</summary>
public enum AppClass
{
    Read,
    Write,
    Admin,

    /// <summary>Acts for one patient.</summary>
    Patient,
}

namespace Isthmus.Host.Demo;

/// <summary>One message of the demo and what it shows.</summary>
/// <param name="File">Below <c>samples/messages</c> of the site.</param>
/// <param name="Title">What it shows.</param>
/// <param name="EhrFailures">How often the EHR answers 500 before it takes this one.</param>
internal sealed record DemoScene(string File, string Title, int EhrFailures = 0);

/// <summary>The demo, message by message.</summary>
internal static class DemoScenes
{
    /// <summary>The message whose whole way is shown at the end.</summary>
    public const string Traced = "critical-potassium.hl7";

    public static IReadOnlyList<DemoScene> All { get; } =
    [
        new("admission.hl7", "An admission, with an allergy and a diagnosis"),
        new("normal.hl7", "A normal result"),
        new("critical-potassium.hl7", "A critical potassium: a task with an escalation timer"),
        new("mixed-units.hl7", "Glucose in mg/dL and in mmol/L"),
        new("normal.hl7", "The first message again: same answer, one effect"),
        new("corrected.hl7", "A corrected result"),
        new("stale-final.hl7", "The final that the correction overtook: kept, not forwarded"),
        new("unknown-patient.hl7", "A patient nobody knows: provisional, and a task"),
        new("registry-refused.hl7", "A patient who refused the registry"),
        new("registry-expired.hl7", "A consent that has expired"),
        new("registry-no-consent.hl7", "A patient without a consent"),
        new("identity-conflict.hl7", "A known number under another name: a person decides"),
        new("prohibited-field.hl7", "A field that the contract prohibits: quarantined"),
        new("update.hl7", "The patient married and moved to intensive care: registration's word replaces what is on record"),
        new("admission-incomplete.hl7", "An emergency without a usable birth date: care goes on, and a task asks for it"),
        new("registration.hl7", "Registration knows the unknown patient, under another number"),
        new("merge.hl7", "The two numbers are one patient: merged, with evidence, both histories kept"),
        new("merge-doubtful.hl7", "Two patients born on different days cannot be one: a person decides"),
        new("admission-prohibited.hl7", "A registration with a social security number: quarantined"),
        new("malformed-no-header.hl7", "No usable header: refused at the edge"),
        new("malformed-truncated.hl7", "Cut off in its header: refused at the edge"),
        new("ehr-down.hl7", "The EHR answers 500 twice: retried until it takes it", EhrFailures: 2),
    ];
}

namespace Isthmus.Fhir.Terminology;

/// <summary>Whether a code belongs. What cannot be evaluated (a code system that is not here) is unknown, never no.</summary>
public enum Membership
{
    No = 0,
    Unknown = 1,
    Yes = 2,
}

/// <summary>Three-valued logic (Kleene), by the order no &lt; unknown &lt; yes.</summary>
internal static class ThreeValued
{
    public static Membership Or(Membership left, Membership right) => left > right ? left : right;

    public static Membership And(Membership left, Membership right) => left < right ? left : right;

    public static Membership AndNot(Membership left, Membership right) => And(left, Not(right));

    public static Membership Not(Membership value) => (Membership)(Membership.Yes - value);
}

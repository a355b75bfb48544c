namespace Isthmus.Store.Embedded;

/// <summary>The embedded server cannot run. The message names what is wrong and the remedy, for the person at the terminal.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    public EmbeddedPostgresException(string message)
        : base(message)
    {
    }

    public EmbeddedPostgresException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

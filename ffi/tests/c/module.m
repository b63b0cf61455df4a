/* As Swift and Objective-C see the header: through its module map. */
@import CMoretta;

moretta_status module_status(void);

moretta_status module_status(void)
{
    return moretta_check(NULL);
}
